//! Cases on their way: what officers and firms do, form by form, before somebody tries what is forbidden.

use crate::browser::Typed;
use crate::house::{House, code};

/// Two officers, as forms name them.
pub const PAIR: &str = "inspector1+inspector2";
pub const EVIDENCE: Typed<'_> = &[("card_shown", "true"), ("evidence", "现场检查发现正在工作的屏蔽器一台，制作笔录。")];
pub const DECISION: Typed<'_> = &[("decision_text", "没收屏蔽器一台，罚款三千元。")];
pub const OPINION: Typed<'_> = &[("review_text", "事实清楚，程序合法，同意。")];
pub const CHECKED: Typed<'_> =
    &[("secrecy_checked", "true"), ("privacy_checked", "true"), ("published_where", "局网站行政执法公示栏")];
/// A penalty of 3,000 yuan and a confiscation of 1,200: neither a hearing nor a review is due.
pub const SMALL: Typed<'_> =
    &[("offence_kind", "jammer"), ("fine", "3000"), ("confiscation", "1200"), ("licence_effect", "none")];

impl House {
    /// A penalty case that the head has filed, against the first firm.
    pub async fn filed(&self, kind: &str) -> u64 {
        let firm = code(1);
        let lead = [
            ("enterprise", firm.as_str()),
            ("title", "擅自使用无线电信号屏蔽器"),
            ("source", "monitoring"),
            ("facts_found", "监测发现持续发射屏蔽信号。"),
            ("handling_unit", "jh-miit/radio"),
        ];
        let case = self.opens("inspector1", "penalty-ordinary/register_lead", &lead).await;
        self.does("head1", case, "file", &[("party_kind", kind)]).await;
        case
    }

    /// The same, investigated and concluded with a penalty in view.
    pub async fn concluded(&self, kind: &str, penalty: Typed<'_>) -> u64 {
        let case = self.filed(kind).await;
        self.does(PAIR, case, "investigate", EVIDENCE).await;
        self.does(PAIR, case, "conclude", penalty).await;
        case
    }

    /// The same, and the party has received the notice of it.
    pub async fn informed(&self, kind: &str, penalty: Typed<'_>) -> u64 {
        let case = self.concluded(kind, penalty).await;
        self.does(PAIR, case, "inform", &[("hearing_told", "true")]).await;
        self.does("inspector1", case, "notice_served", &[]).await;
        case
    }

    /// An inspection on a complaint, of the first firm.
    pub async fn proposed(&self) -> u64 {
        let firm = code(1);
        let complaint = [
            ("enterprise", firm.as_str()),
            ("item", "对讲机使用情况检查"),
            ("item_basis", "无线电管理条例第五十六条"),
            ("subject_area", "radio"),
            ("mode", "complaint"),
            ("source_ref", "12345-20240301-8"),
            ("handling_unit", "jh-miit/radio"),
        ];
        self.opens("inspector1", "inspection/propose", &complaint).await
    }

    /// The same, screened and approved.
    pub async fn approved(&self) -> u64 {
        let case = self.proposed().await;
        self.does(PAIR, case, "screen", &[("no_interest", "true")]).await;
        self.does("head1", case, "approve", &[]).await;
        case
    }

    /// The same, on site, on record, with nothing found.
    pub async fn passed(&self, arrived: &str) -> u64 {
        let case = self.approved().await;
        self.does(PAIR, case, "inspect", &[("arrived", arrived), ("place", "工业大道8号"), ("card_shown", "true")])
            .await;
        self.does(PAIR, case, "record", &[("content", "台账和设备相符。"), ("signed", "signed")]).await;
        self.does(PAIR, case, "pass", &[("result_text", "未发现问题。")]).await;
        case
    }
}
