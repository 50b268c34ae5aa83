//! What exactly does not hold? One kind of mismatch each, with a code that scripts read and a sentence in both languages.
//!
//! The browser page takes its sentences from this table, so that the command, the server and the page speak with one voice.

/// One thing that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub what: What,
    /// The label, source, place or member that is meant; may be empty.
    pub at: String,
}

/// Everything that does not hold, in the order in which it is looked at; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentences())]
pub struct DrawFault(pub Vec<Mismatch>);

impl DrawFault {
    fn sentences(&self) -> String {
        let both = self.0.iter().map(|mismatch| format!("{} / {}", mismatch.zh(), mismatch.en()));
        both.collect::<Vec<_>>().join("\n")
    }
}

impl Mismatch {
    pub fn new(what: What, at: impl Into<String>) -> Mismatch {
        Mismatch { what, at: at.into() }
    }

    /// The sentence in Chinese.
    pub fn zh(&self) -> String {
        self.what.zh().replace("{at}", &self.at)
    }

    /// The sentence in English.
    pub fn en(&self) -> String {
        self.what.en().replace("{at}", &self.at)
    }
}

macro_rules! mismatches {
    ($($name:ident $code:literal $zh:literal $en:literal)*) => {
        /// The kinds of mismatch. `{at}` in a sentence stands for where it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum What { $(#[doc = $en] $name),* }

        impl What {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [What] = &[$(What::$name),*];

            /// What scripts read.
            pub fn code(self) -> &'static str {
                match self { $(What::$name => $code),* }
            }

            /// The pattern of the Chinese sentence.
            pub fn zh(self) -> &'static str {
                match self { $(What::$name => $zh),* }
            }

            /// The pattern of the English sentence.
            pub fn en(self) -> &'static str {
                match self { $(What::$name => $en),* }
            }
        }
    };
}

mismatches! {
    Text "text" "文件不是规范写法：内容可能没变，但字节被改过" "the file is not in its canonical spelling: its bytes were changed, even if its meaning was not"
    Version "version" "不认识这种格式：`{at}`" "the format `{at}` is not known"
    Size "size" "超出一次抽取的规模上限：{at}" "larger than a draw may be: {at}"
    Hash "hash" "文件自身的摘要对不上：封存之后有内容被改动" "the file's own hash does not match: something in it was changed after it was sealed"
    SnapshotHash "snapshot.hash" "名单快照的摘要对不上：名单、规则或来源被改动" "the hash of the pool snapshot does not match: pool, rules or sources were changed"
    Label "label" "`{at}` 不能作标签：不得为空、超过 200 字节、含控制字符或首尾有空格" "`{at}` cannot be a label: no empty ones, none over 200 bytes, no control characters, no blank at either end"
    Twice "twice" "`{at}` 出现了两次" "`{at}` stands twice"
    Reason "reason" "排除 `{at}` 没有写明理由" "`{at}` is excluded without a reason"
    Stratum "stratum" "`{at}` 的风险等级不在抽取方案里" "`{at}` is of a risk class that the plan does not know"
    Plan "plan" "抽取方案无法执行：{at}" "the plan cannot be carried out: {at}"
    Moment "moment" "`{at}` 不是规范的时间或日期" "`{at}` is not a moment or a date as the format writes them"
    Card "card" "`{at}` 的执法证有效期首尾颠倒" "the card of `{at}` ends before it begins"
    Pairs "pairs" "`{at}` 找不到足够的、证件有效、领域相符且无需回避的检查人员" "too few inspectors have a valid card, the right area and no recusal for `{at}`"
    SourceSingle "sources.single" "随机数来源少于两个相互独立的来源" "there are fewer than two independent sources of randomness"
    SourceShort "sources.short" "随机数太短：{at}" "the randomness is too short: {at} bits"
    SourceLast "sources.last" "最后一个来源必须是名单封存之后才公布的公开结果：`{at}`" "the last source must be a public result that appears after the snapshot was fixed: `{at}`"
    SourceKind "sources.kind" "来源 `{at}` 的约定不完整或不合规则" "source `{at}` is not announced as the rules ask"
    Reveal "reveal" "公布的随机数与事先约定的来源不是一一对应：`{at}`" "what was revealed does not answer the announced sources one by one: `{at}`"
    Value "value" "来源 `{at}` 的数值不符合事先约定的写法" "the value of source `{at}` is not of the announced form"
    Commitment "commitment" "见证人 `{at}` 的数字与事先的承诺对不上" "the number of witness `{at}` does not match the commitment"
    Code "code" "一次性口令与事先公布的承诺对不上" "the one-time code does not match its commitment"
    Key "key" "由各来源合成的抽取密钥对不上" "the key made from all sources does not match"
    Places "places" "抽中的数量对不上，应为 {at}" "the number drawn does not match, it should be {at}"
    Place "place" "按顺序应当抽中 `{at}`" "by the order, `{at}` should stand here"
    Position "position" "`{at}` 的次序值对不上" "the position of `{at}` does not match"
    Team "team" "抽中的检查人员名单对不上，应有 `{at}`" "the team of inspectors does not match, `{at}` should stand here"
    Inspectors "inspectors" "派给 `{at}` 的检查人员对不上" "the inspectors drawn for `{at}` do not match"
    SubstituteCause "substitute.cause" "第 {at} 次替补没有写明原因" "substitution {at} has no cause"
    SubstituteTime "substitute.time" "第 {at} 次替补的时间不对：不规范，或早于抽取、早于前一次" "the time of substitution {at} is not right: ill-formed, before the draw or before the one before it"
    SubstituteOf "substitute.of" "第 {at} 次替补所替换的对象当时不在结果中" "substitution {at} replaces what did not stand in the result"
    SubstituteNone "substitute.none" "第 {at} 次替补时已没有可替补的候选" "nobody was left for substitution {at}"
    SubstituteBy "substitute.by" "第 {at} 次替补的结果对不上" "the outcome of substitution {at} does not match"
    Recorded "recorded" "账本中的先后次序不对：{at}" "the order in the ledger is not right: {at}"
}

/// Collects what does not hold.
#[derive(Debug, Default)]
pub struct Findings(Vec<Mismatch>);

impl Findings {
    /// Notes one.
    pub fn add(&mut self, what: What, at: impl Into<String>) {
        self.0.push(Mismatch::new(what, at));
    }

    /// Notes one if `holds` is false.
    pub fn hold(&mut self, holds: bool, what: What, at: &str) {
        if !holds {
            self.add(what, at);
        }
    }

    /// Takes over those of another look.
    pub fn take(&mut self, fault: DrawFault) {
        self.0.extend(fault.0);
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The verdict.
    ///
    /// # Errors
    /// When anything was found.
    pub fn verdict(self) -> Result<(), DrawFault> {
        if self.0.is_empty() { Ok(()) } else { Err(DrawFault(self.0)) }
    }
}
