//! The radio pages: empty, with data, without the right, with addresses that cannot be; and the way from a finding to a lead.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use crate::browser::Page;
use crate::house::House;
use crate::sky::{Day, MINUTE, five_days, raise};

const PAGES: [&str; 5] =
    ["/work/radio", "/work/radio/spectrum", "/work/radio/occupancy", "/work/radio/findings", "/work/radio/cells"];
const NOW: &str = "2024-04-15 09:00";
const PERIOD: &str = "from=2024-04-10&until=2024-04-15";

async fn house() -> House {
    let house = House::open(NOW).await;
    five_days(&house).await;
    house
}

/// The findings of a period, once they have been computed.
async fn findings(house: &House, period: &str) -> Page {
    for _ in 0..200 {
        let page = house.get("monitor1", &format!("/work/radio/findings?{period}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
        if !page.html.contains("hx-trigger=\"load") {
            return page;
        }
    }
    panic!("the findings were never ready");
}

#[tokio::test]
async fn a_bureau_without_stations_is_told_what_to_do_first() {
    let house = House::open(NOW).await;
    let page = house.get("monitor1", "/work/radio").await;
    assert!(page.words().contains("还没有登记监测站") && page.html.contains("/work/register/monitoring-stations"));
    for path in ["/work/radio/spectrum", "/work/radio/occupancy"] {
        assert!(house.get("monitor1", path).await.words().contains("还没有频谱数据"), "{path}");
    }
    let page = findings(&house, PERIOD).await;
    assert!(page.words().contains("没有监测，不是没有信号"), "{}", page.words());
    raise(&house).await;
    let page = house.get("monitor1", "/work/radio").await;
    assert!(page.words().contains("从未收到") && page.words().contains("失联"), "{}", page.words());
}

#[tokio::test]
async fn who_has_no_right_is_told_whose_it_is_and_is_not_led_there() {
    let house = house().await;
    for path in PAGES.into_iter().chain([
        "/work/radio/tile",
        "/work/radio/occupancy.xlsx",
        "/work/radio/evidence.json?finding=x",
    ]) {
        let page = house.get("licence1", path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.words().contains("监测工程师"), "{path}: {}", page.words());
        assert!(!page.html.contains("JH-01"), "{path}");
        assert_eq!(house.get("firm", path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(house.visit(path).await.location.starts_with("/sign-in"), "{path}");
    }
    let led = |page: Page| page.html.contains("href=\"/work/radio\"");
    assert!(!led(house.get("licence1", "/work").await) && led(house.get("monitor1", "/work").await));
    let head = house.get("head1", "/work/radio").await;
    assert_eq!(
        (head.status, head.html.contains("JH-01")),
        (StatusCode::OK, true),
        "whoever oversees the bureau may look"
    );
}

#[tokio::test]
async fn an_address_that_cannot_be_is_answered_with_what_is_wrong() {
    let house = house().await;
    for (query, says) in [
        ("from=yesterday", "时间「yesterday」读不出来"),
        ("low=98,6", "频率「98,6」读不出来"),
        ("from=2024-04-12&until=2024-04-11", "结束应晚于开始"),
        ("low=96&high=95", "频率上限应高于下限"),
        ("low=-1", "频率「-1」读不出来"),
    ] {
        for page in ["spectrum", "tile", "occupancy"] {
            if page == "occupancy" && !query.contains("yesterday") && !query.contains(',') {
                continue;
            }
            let answer = house.get("monitor1", &format!("/work/radio/{page}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{page}?{query}");
            assert!(answer.words().contains(says), "{page}?{query}: {}", answer.words());
        }
    }
    for query in ["station=JH-77", "station=JH-01&receiver=XX"] {
        assert_eq!(
            house.get("monitor1", &format!("/work/radio/spectrum?{query}")).await.status,
            StatusCode::NOT_FOUND,
            "{query}"
        );
    }
    for query in ["w=0", "w=many", "h=99999"] {
        assert_eq!(
            house.get("monitor1", &format!("/work/radio/tile?{query}")).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
    let long = house.get("monitor1", "/work/radio/findings?from=2023-01-01&until=2024-01-01").await;
    assert!(long.status == StatusCode::BAD_REQUEST && long.words().contains("一百天"), "{}", long.words());
}

#[tokio::test]
async fn the_health_of_stations_is_told_with_gaps_clocks_and_hours() {
    let house = house().await;
    let words = house.get("monitor1", "/work/radio").await.words();
    assert!(words.contains("临江监测站") && words.contains("9 小时前"), "{words}");
    // 24 hours on each of five days, two of them dark at the second station, a day lost at the third.
    for hours in ["0.0 / 120.0", "0.0 / 118.0", "0.0 / 96.0"] {
        assert!(words.contains(hours), "{hours}: {words}");
    }
    assert!(
        words.contains("1 2 +180.000 秒 应校时"),
        "the third station misses number 2 and its clock is off: {words}"
    );
    let english = house.get("monitor1", "/work/radio?lang=en").await.words();
    assert!(english.contains("Missing numbers") && english.contains("set it"), "{english}");
    // The lost package comes late after all: it is found although later ones were there.
    Day { station: 2, sequence: 2, day: "2024-04-11", dark: 0..0, ahead_ns: 3 * MINUTE }.handed_in(&house).await;
    let words = house.get("monitor1", "/work/radio").await.words();
    assert_eq!(words.matches("0.0 / 120.0").count(), 2, "{words}");
}

#[tokio::test]
async fn the_spectrum_names_its_unit_its_signals_and_where_nobody_listened() {
    let house = house().await;
    let page = house
        .get("monitor1", "/work/radio/spectrum?station=JH-02&receiver=FM-1&from=2024-04-10&until=2024-04-11")
        .await;
    let words = page.words();
    assert!(words.contains("dB（相对值，未校准）") && !words.contains("dBm"), "{words}");
    assert!(words.contains("FM-08 粤海文艺广播") && page.html.contains("data-waterfall"), "{words}");
    let strongest = words.split("最强的信号").nth(1).unwrap();
    assert!(strongest.contains("96.2") && strongest.contains("95.4"), "{strongest}");
    let silence = house.get("monitor1", "/work/radio/spectrum?station=JH-02&from=2024-03-01&until=2024-03-02").await;
    assert!(silence.words().contains("没有监测，不是没有信号"), "{}", silence.words());
}

async fn tile(house: &House, query: &str) -> (Vec<i16>, usize, usize, String, usize) {
    let cookie = house.session("monitor1").await;
    let request =
        Request::get(format!("/work/radio/tile?{query}")).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(house.router.clone(), request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let told = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
    let number = |name: &str| told(name).parse::<usize>().unwrap();
    let (width, height, unit, pending) = (number("x-width"), number("x-height"), told("x-unit"), number("x-pending"));
    let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
    let levels = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    (levels, width, height, unit, pending)
}

#[tokio::test]
async fn tiles_hold_the_greatest_levels_and_holes_where_nobody_listened() {
    let house = house().await;
    let day = "station=JH-02&receiver=FM-1&low=95&high=97&from=2024-04-12&until=2024-04-13&w=80&h=144";
    let (levels, width, height, unit, pending) = tile(&house, day).await;
    assert_eq!((width, height, unit.as_str(), pending, levels.len()), (80, 144, "dB", 0, 80 * 144 + 160));
    let at = |row: usize, hz: f64| levels[row * 80 + ((hz - 95e6) / 25e3) as usize];
    assert!(at(10, 96.21e6) > -260, "the broadcaster");
    assert!(at(140, 95.44e6) > -300 && at(72, 95.44e6) < -350, "the illegal one: by night, not by day");
    assert!((48..60).all(|row| at(row, 96.21e6) == i16::MIN), "dark from eight to ten");
    assert!((0..144).all(|row| at(row, 96.99e6) == i16::MIN), "a bin that was never measured");
    let mean = &levels[80 * 144..80 * 145];
    assert!(mean[79] == i16::MIN && mean[48] > -260, "{mean:?}");
    // A month is drawn from overviews: the same signals, nothing where there was no package.
    let month = "station=JH-02&receiver=FM-1&low=95&high=97&from=2024-04-01&until=2024-05-01&w=80&h=60";
    let (levels, _, _, _, pending) = tile(&house, month).await;
    let at = |row: usize, hz: f64| levels[row * 80 + ((hz - 95e6) / 25e3) as usize];
    assert_eq!((pending, at(4, 96.21e6), at(40, 96.21e6)), (0, i16::MIN, i16::MIN));
    assert!((18..28).all(|row| at(row, 96.21e6) > -260) && at(20, 95.44e6) > -300);
}

#[tokio::test]
async fn occupancy_is_a_share_of_what_was_monitored_and_says_where_nothing_was() {
    let house = house().await;
    let asked = "station=JH-02&receiver=FM-1&from=2024-04-12&until=2024-04-13";
    let page = house.get("monitor1", &format!("/work/radio/occupancy?{asked}")).await;
    let row = page.html.split("FM-08").nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    assert_eq!(row.matches("未监测").count(), 2, "dark for two hours of the day: {row}");
    assert_eq!(row.matches(">100%<").count(), 23, "on in all others, and over all: {row}");
    assert!(row.contains(">22.0<"), "22 hours were monitored: {row}");
    let silent = page.html.split("FM-09").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(silent.matches(">0%<").count() >= 23, "{silent}");
    let raster = house.get("monitor1", &format!("/work/radio/occupancy?{asked}&channels=raster")).await;
    let night = raster.html.split(">95.4</a>").nth(1).unwrap().split("</tr>").next().unwrap();
    // From 21:00 to 05:00 of the 22 hours that were monitored.
    assert!(night.contains(">36%<") && night.matches(">100%<").count() == 8, "{night}");
    let workbook = house.download("monitor1", &format!("/work/radio/occupancy.xlsx?{asked}")).await;
    assert!(workbook.starts_with(b"PK"));
}

#[tokio::test]
async fn what_nobody_licensed_is_found_with_its_reasons_and_becomes_one_lead() {
    let house = house().await;
    let page = findings(&house, PERIOD).await;
    let words = page.words();
    assert!(words.contains("其中 1 个够线索的分数"), "{words}");
    assert!(
        words.contains("没有有效的指配") && words.contains("偏离频率栅格") && words.contains("每天21:00至05:00"),
        "{words}"
    );
    assert!(words.contains("FM-09 临江之声"), "the silent assignment is named: {words}");
    assert!(words.contains("未校准"), "relative levels are said to be relative: {words}");
    let id = page.html.split("id=\"f-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let asked = format!("{PERIOD}&finding={id}");
    let evidence = house.download("monitor1", &format!("/work/radio/evidence.json?{asked}")).await;
    let form = format!("/work/radio/lead?{asked}");

    // Too short a title: said at the field, and nothing is recorded.
    let before = house.standing(None).await;
    let answer = house.submit("monitor1", &form, &[("title", "短"), ("place", "")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("href=\"#f-title\""), "{}", answer.words());
    assert_eq!(house.standing(None).await, before);
    // Overseers look; they do not register leads.
    let head = house.get("head1", &form).await;
    assert!(head.status == StatusCode::FORBIDDEN && head.words().contains("监测工程师"), "{}", head.words());

    let open = house.get("monitor2", &form).await;
    let token = open.hidden("_csrf").unwrap();
    let done = house.submit("monitor1", &form, &[("title", "夜间出现的调频信号"), ("place", "东屿一带")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let case: u64 = done.location.trim_start_matches("/work/case/").split('?').next().unwrap().parse().unwrap();
    // A colleague who had the form open gets the same lead, and no second one.
    let late = [("_csrf".to_owned(), token), ("title".to_owned(), "又一个标题".to_owned())];
    let again = house.post("monitor2", &form, &late).await;
    assert_eq!(again.location, format!("/work/case/{case}"), "{}", again.words());

    let stored = house.office.case(case).await.unwrap();
    let fields = &stored.detail.fields;
    assert_eq!(
        (fields["finding"].as_str(), fields["title"].as_str()),
        (Some("black_broadcast"), Some("夜间出现的调频信号"))
    );
    let hz = fields["frequency_hz"].as_i64().unwrap();
    assert!((hz - 95_435_000).abs() <= 25_000, "{hz}");
    assert_eq!(fields["stations"].as_array().unwrap().len(), 3);
    attached_evidence(&house, case, &evidence).await;
    assert!(findings(&house, PERIOD).await.words().contains(&format!("已立为线索 {}", stored.number)));
    let overview = house.get("monitor1", "/work/radio").await;
    assert!(overview.words().contains("夜间出现的调频信号"), "{}", overview.words());
}

/// The evidence of the case is the document that the page showed before, and names packages by their hashes and all parameters.
async fn attached_evidence(house: &House, case: u64, shown: &[u8]) {
    let stored = house.office.case(case).await.unwrap();
    let mark = stored.detail.files.values().flatten().next().unwrap().stored.clone();
    let attached = house.download("monitor1", &format!("/work/case/{case}/file/{mark}")).await;
    assert_eq!(attached, shown, "made by the server, twice the same");
    let document: Value = serde_json::from_slice(&attached).unwrap();
    let packages = document["packages"].as_array().unwrap();
    assert!(packages.len() >= 10 && packages.iter().all(|one| one["sha256"].as_str().unwrap().len() == 64));
    assert_eq!(document["run"]["parameters"]["finding"]["points"]["unmatched"], 40);
    assert_eq!(document["spectra"].as_array().unwrap().len(), 3);
    assert!(document["run"]["pack"].as_str().unwrap().len() == 64 && document["run"]["register"]["entries"] == 2);
}

#[tokio::test]
async fn looking_at_what_stations_measured_is_noted() {
    let house = house().await;
    house.get("monitor1", "/work/radio/spectrum?station=JH-01").await;
    let noted = house.office.store().operations(50).await.unwrap();
    let seen = noted.iter().find(|one| one.kind == "radio.view").unwrap();
    assert!(seen.account.as_deref() == Some("monitor1") && seen.text.contains("JH-01"), "{}", seen.text);
}

/// A cell that changes its area is an alarm with every rule that fired; where nobody scanned, that is said.
#[tokio::test]
async fn scans_of_cells_show_each_rule_that_fired() {
    let house = house().await;
    let page = house.get("monitor1", &format!("/work/radio/cells?{PERIOD}")).await;
    assert!(page.words().contains("没有监测，不是没有伪基站"), "{}", page.words());
    Day { station: 0, sequence: 900, day: "2024-04-13", dark: 0..0, ahead_ns: 0 }.scans_handed_in(&house).await;
    let page = house.get("monitor1", &format!("/work/radio/cells?{PERIOD}")).await;
    for said in ["area-changes v1", "few-neighbours", "无法判断是否许可", "登记线索"] {
        assert!(page.html.contains(said), "{said}: {}", page.words());
    }
    assert!(house.get("monitor1", "/work/radio/cells?from=gestern").await.status.is_client_error());
}
