// A penalty from the lead to the archive, with a hearing: notice, hearing asked for and held, legal review, discussion, decision, service,
// payment, closing, publication. On the way five things that the law forbids.
import { Cast, act, impossible, open, owed, refused, standsInPublic } from "./casework.mjs";
import { fact } from "./teller.mjs";

const LAW = "administrative-penalty-law";
const TWO = { _with: ["inspector2"] };
/** Days until a hearing may be held: seven working days after the summons, wherever weekends and New Year fall. */
const WAIT = 14;

export async function penalty(browser, stage) {
  if (!stage.clock) {
    console.log("        left out: the clock of a site that is running cannot be moved");
    return;
  }
  const cast = new Cast(browser, stage);
  const firm = await cast.be("firm");
  await firm.go("/portal/file/enterprise-request");
  await firm.page.click("form[action^='/portal/file/'] button >> nth=-1");
  const code = await firm.page.inputValue("#f-enterprise");
  const path = await investigated(cast, code);
  await heard(cast, stage, path);
  await decided(cast, path);
  await carriedOut(cast, path, code);
  await cast.leave();
}

/** The day so many days after another. */
const after = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

async function investigated(cast, code) {
  const inspector = await cast.be("inspector1");
  const head = await cast.be("head1");
  const path = await open(inspector, "penalty-ordinary/register_lead", { enterprise: code, title: "擅自设置使用无线电台", source: "monitoring",
    facts_found: "监测发现未经许可的发射，持续多日。", handling_unit: "jh-miit/radio" });
  await act(head, path, "file", { party_kind: "organisation" });
  const evidence = { card_shown: true, evidence: "现场检查发现正在工作的电台一部，制作笔录并拍照。" };
  await refused(inspector, path, "investigate", evidence, { rule: "actor.count", statute: LAW, article: "42" });
  await refused(inspector, path, "investigate", { ...evidence, _with: ["inspector4"] }, { rule: "actor.card", statute: LAW, article: "42" });
  await act(inspector, path, "investigate", { ...evidence, ...TWO });
  await act(inspector, path, "conclude", { offence_kind: "unlicensed", fine: "150000", confiscation: "0", licence_effect: "none", complex: true, ...TWO });
  await impossible(head, path, "decide", { rule: "state.from", statute: LAW, article: "62" });
  await act(inspector, path, "inform", { hearing_told: true, ...TWO });
  await act(inspector, path, "notice_served");
  return path;
}

/** Asked for by the firm; held by three who did not investigate, seven working days after the summons. */
async function heard(cast, stage, path) {
  const firm = await cast.be("firm");
  const matter = path.replace("/work/case/", "/portal/matter/");
  await firm.go(matter);
  await firm.sound("matter of the firm that was told of a penalty");
  await act(firm, matter, "ask_hearing", { hearing_reason: "对处罚幅度有异议，要求听证。" });
  await impossible(await cast.be("head1"), path, "decide", { rule: "state.from", statute: LAW, article: "63" });
  const chair = await cast.be("chair");
  await act(chair, path, "summon", { hearing_at: `${after(stage.clock.day, WAIT)} 09:30`, hearing_place: "局三楼会议室", hearing_open: true });
  await act(chair, path, "summons_served");
  await act(chair, path, "announce");
  await impossible(chair, path, "hear", { rule: "act.hear.when", statute: "guangdong-hearing-measures", article: "20" });
  await cast.later(WAIT);
  const held = { hearing_record: "双方陈述、质证、辩论并作最后陈述。", audio_video: "听证2024-01" };
  await act(await cast.be("chair"), path, "hear", { ...held, _with: ["member1", "member2"] });
}

/** Reviewed by somebody who had no part in it, discussed by three, decided. */
async function decided(cast, path) {
  const head = await cast.be("head1");
  await impossible(head, path, "decide", { rule: "state.from", statute: LAW, article: "58" });
  await act(await cast.be("inspector1"), path, "submit_review");
  await act(await cast.be("reviewer"), path, "review", { review_text: "事实清楚，程序合法，同意。" });
  await impossible(head, path, "decide", { rule: "act.decide.from.reviewed", statute: LAW, article: "57" });
  await act(head, path, "discuss", { discussion_record: "一致同意处罚意见，无不同意见。", _with: ["head2", "head3"] });
  await act(head, path, "decide", { decision_text: "责令停止使用，罚款十五万元。" });
  await head.says("公示", "the clock of the publication is shown");
  await head.sound("case file of a decision");
}

async function carriedOut(cast, path, code) {
  const inspector = await cast.be("inspector1");
  await act(inspector, path, "serve", { served_how: "direct", ...TWO });
  await act(inspector, path, "pay", { paid: "150000", bank_receipt: "GD20241219001" });
  await act(await cast.be("head1"), path, "close");
  await impossible(inspector, path, "archive", { rule: "act.archive.when", statute: "miit-penalty-procedure", article: "55" });
  const publisher = await cast.be("publisher");
  await owed(publisher, path, true);
  await act(publisher, path, "publish", { secrecy_checked: true, privacy_checked: true, published_where: "局网站行政执法公示栏" });
  await owed(publisher, path, false);
  await act(inspector, path, "archive");
  await standsInPublic(cast, path, code, ["责令停止使用，罚款十五万元。", "擅自设置使用无线电台", "局网站行政执法公示栏"],
    ["监测发现未经许可的发射", "一致同意处罚意见", "对处罚幅度有异议"]);
  await inspector.says("已归档", "the case is archived");
  await inspector.sound("case file of an archived penalty");
  const firm = await cast.be("firm");
  await firm.go(path.replace("/work/case/", "/portal/matter/"));
  await firm.says("罚款十五万元", "the firm reads the decision");
  fact(!(await firm.text()).includes("一致同意处罚意见"), `${firm.name}: what was discussed inside is not shown to the firm`);
  await firm.sound("matter of a penalty that is over");
}
