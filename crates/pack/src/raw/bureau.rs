//! `pack.yaml`, `registers/*.yaml` and `items/*.yaml` as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Words;
use super::field::RawField;
use crate::source::at::{At, Named};

/// pack.yaml：本机关、科室、角色、界面用语。
/// pack.yaml: the organ, its units, the other organs that handle for it, roles, and words of the interface.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBureau {
    /// 法规包的标识。
    pub(crate) id: At<String>,
    /// 名称。
    pub(crate) title: Words,
    /// 角色。Roles that acts speak of.
    pub(crate) roles: Named<Words>,
    /// 机关，本机关恰好一个。Organs; exactly one is our own.
    pub(crate) organs: Named<RawOrgan>,
    /// 界面用语。Words of the interface that the pack sets.
    #[serde(default)]
    pub(crate) words: Named<Words>,
    /// 公示。What becomes public, and how.
    #[serde(default)]
    pub(crate) publications: RawPublications,
}

/// 公示：哪些行为是公示，公示何时撤下，当事人何时是自然人。
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawPublications {
    /// 公示的种类。Kinds, in the order in which people choose among them.
    pub(crate) kinds: Named<RawPublicationKind>,
    /// 用语 → 表明当事人是自然人的值。Terms, each with the values that say that the party is a natural person.
    pub(crate) natural_persons: Named<Vec<At<String>>>,
}

/// 一种公示。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPublicationKind {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 公示行为的标签。Tags of the acts that publish.
    pub(crate) by: Vec<At<String>>,
    /// 此后不再公示的行为的标签。Tags of the acts after which it no longer stands in public.
    #[serde(default)]
    pub(crate) ends_with: Vec<At<String>>,
    /// 其中须公开说明理由的：标签 → 行为中填写的字段。Of these, the ones whose reason is made public: the field given with the act.
    #[serde(default)]
    pub(crate) explains: Named<At<String>>,
}

/// 机关。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOrgan {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 本机关。Our own.
    #[serde(default)]
    pub(crate) own: bool,
    /// 执法证须载明的区域。The area in which its officers need their cards.
    #[serde(default)]
    pub(crate) area: Option<String>,
    /// 科室。
    pub(crate) units: Named<RawUnit>,
}

/// 科室。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawUnit {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 负责的诉求类型或领域。What it answers for.
    #[serde(default)]
    pub(crate) handles: Vec<String>,
}

/// registers/*.yaml：台账。A register: its fields, who keeps it, how long.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRegister {
    /// 台账标识。
    pub(crate) id: At<String>,
    pub(crate) title: Words,
    /// 作为键的字段。The field that is the key.
    pub(crate) key: At<String>,
    /// 代表条目的字段。The field that stands for the entry.
    pub(crate) headline: At<String>,
    /// 由哪些角色维护。Roles that may add and change entries.
    pub(crate) kept_by: Vec<At<String>>,
    /// 个人信息在条目终止后保存多久。How long personal data are kept after an entry ended.
    #[serde(default)]
    pub(crate) retention: Option<RawRetention>,
    /// 向社会公开。Open to the public.
    #[serde(default)]
    pub(crate) public: bool,
    /// 任何人凭完整编号核验时看到的字段。What anybody sees who verifies an entry by its full key.
    #[serde(default)]
    pub(crate) verifies: Vec<At<String>>,
    pub(crate) fields: Named<RawField>,
}

/// 保存期限。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRetention {
    /// 年数。
    pub(crate) years: u32,
    /// 依据：法规#条。
    pub(crate) source: At<String>,
}

/// items/*.yaml：公布的事项。Published items by their ids.
pub(crate) type RawItems = Named<RawItem>;

/// 事项。
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawItem {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 办理程序。The procedure by which it is handled.
    pub(crate) procedure: At<String>,
    /// 依据：法规#条。
    #[serde(default)]
    pub(crate) basis: Vec<At<String>>,
    /// 可以网上办理。Can be filed and answered online.
    #[serde(default)]
    pub(crate) online: bool,
    /// 承诺：期限钟 → 承诺的话。The promises by the clock that measures each.
    #[serde(default)]
    pub(crate) promises: Named<Words>,
    /// 法定期限所在的期限钟。The clock that measures the statutory limit.
    #[serde(default)]
    pub(crate) statutory: Option<At<String>>,
    /// 以谁的名义作出决定，凭什么。In whose name it is decided, and by what instrument.
    #[serde(default)]
    pub(crate) authority: Option<RawAuthority>,
}

/// 决定以其名义作出的机关。The organ in whose name it is decided: by statute our own, by entrustment the one that entrusts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAuthority {
    pub(crate) zh: String,
    pub(crate) en: String,
    /// 委托书的文号；法定职权不写。The number of the instrument that entrusts it.
    #[serde(default)]
    pub(crate) instrument: Option<String>,
    /// 依据：法规#条。
    pub(crate) basis: Vec<At<String>>,
    /// 演示所需、不得而知的。Made up, because it is not known.
    #[serde(default)]
    pub(crate) fictional: bool,
}
