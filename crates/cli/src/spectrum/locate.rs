//! `guiju spectrum locate FILE.csv`: levels, bearings or arrival times of several receivers become a place with its doubt.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use guiju_spectrum::locate::{Area, Estimate, Mixed, Readings, locate, svg};
use serde_json::{Value, json};

use super::{text_of, told_of};
use crate::Fault;

#[derive(Args, Debug)]
pub struct LocateArgs {
    /// CSV: station, latitude, longitude and level_db, bearing_deg or arrival_ns, each with its sigma / 读数表
    file: PathBuf,
    /// Search area in degrees: west, south, east, north; without it the receivers' surroundings / 搜索区域（度）
    #[arg(long, value_name = "W,S,E,N", value_delimiter = ',', num_args = 4, allow_hyphen_values = true)]
    area: Option<Vec<f64>>,
    /// How levels fall with distance: 2 in free space, 3 to 4 in towns / 路径损耗指数
    #[arg(long, default_value_t = 3.5)]
    exponent: f64,
    /// Draws a map without anything from outside / 绘制示意图（SVG）
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

/// What was found, and where the parts of it stand in the table.
struct Located {
    readings: Readings,
    area: Area,
    estimate: Estimate,
    /// Places in the readings that were rejected as outliers.
    rejected: Vec<usize>,
}

pub fn run(args: &LocateArgs) -> Result<ExitCode, Fault> {
    let readings = Readings::read(&text_of(&args.file)?).map_err(|told| told_of(&args.file, told))?;
    for told in &readings.left_out {
        eprintln!("guiju: {}", told_of(&args.file, told.clone()));
    }
    if !(args.exponent.is_finite() && args.exponent > 0.0) {
        return Err("`--exponent` 须为正数 / `--exponent` has to be a positive number".into());
    }
    let named = |fault: guiju_spectrum::locate::Fault| -> Fault {
        format!("{}: {} / {fault}", args.file.display(), fault.zh()).into()
    };
    let model: Mixed = readings.model(args.exponent).map_err(|told| told_of(&args.file, told))?;
    let area = area(args, &readings).map_err(named)?;
    let estimate = locate(&model, &area).map_err(named)?;
    let rejected: Vec<usize> = estimate.rejected.iter().filter_map(|term| model.told(*term)).collect();
    let located = Located { readings, area, estimate, rejected };
    if let Some(file) = &args.svg {
        let drawn = svg(&located.readings, &located.area, &located.estimate, &located.rejected);
        std::fs::write(file, drawn)
            .map_err(|why| format!("{}: 无法写入 / cannot be written: {why}", file.display()))?;
    }
    if args.json {
        println!("{}", as_json(&located));
    } else {
        as_text(&located);
    }
    Ok(ExitCode::SUCCESS)
}

fn area(args: &LocateArgs, readings: &Readings) -> Result<Area, guiju_spectrum::locate::Fault> {
    match args.area.as_deref() {
        Some([west, south, east, north]) => {
            let low = readings.plane.point(*south, *west);
            let high = readings.plane.point(*north, *east);
            Area::new(low.east_m, high.east_m, low.north_m, high.north_m)
        }
        _ => readings.area(),
    }
}

fn as_json(located: &Located) -> Value {
    let Located { readings, estimate, rejected, .. } = located;
    let degrees = |at| {
        let (latitude, longitude) = readings.plane.degrees(at);
        json!({"latitude": latitude, "longitude": longitude})
    };
    let lines = rejected
        .iter()
        .filter_map(|at| readings.told.get(*at))
        .map(|told| json!({"line": told.line, "station": told.station, "reading": told.kind.headings()[0]}));
    json!({
        "at": degrees(estimate.at),
        "ellipse_95": {
            "major_m": estimate.ellipse.major_m,
            "minor_m": estimate.ellipse.minor_m,
            "bearing_deg": estimate.ellipse.bearing_deg,
        },
        "used": estimate.used.len(),
        "rejected": lines.collect::<Vec<_>>(),
        "left_out": readings.left_out.iter().map(|told| json!({"zh": told.zh(), "en": told.to_string()})).collect::<Vec<_>>(),
        "chi_square": estimate.chi_square,
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "consistent": estimate.is_consistent(),
        "alternatives": estimate.alternatives.iter().map(|at| degrees(*at)).collect::<Vec<_>>(),
        "at_edge": estimate.at_edge,
    })
}

fn as_text(located: &Located) {
    let Located { readings, estimate, rejected, .. } = located;
    let (latitude, longitude) = readings.plane.degrees(estimate.at);
    let ellipse = estimate.ellipse;
    println!(
        "{latitude:.6}, {longitude:.6}  95% 椭圆 / ellipse: {:.0} m x {:.0} m, {:.0}°",
        ellipse.major_m, ellipse.minor_m, ellipse.bearing_deg
    );
    println!(
        "用 {} 个读数，略去 {} 行，剔除 {} 个 / {} readings used, {} rows left out, {} rejected",
        estimate.used.len(),
        readings.left_out.len(),
        rejected.len(),
        estimate.used.len(),
        readings.left_out.len(),
        rejected.len()
    );
    for told in rejected.iter().filter_map(|at| readings.told.get(*at)) {
        let (line, station, named) = (told.line, &told.station, told.kind.headings()[0]);
        println!("剔除第 {line} 行 {station} 的 {named} / rejected: line {line}, {station}, {named}");
    }
    for at in &estimate.alternatives {
        let (latitude, longitude) = readings.plane.degrees(*at);
        println!(
            "{latitude:.6}, {longitude:.6}  几乎同样吻合，位置不唯一 / fits nearly as well: the place is not certain"
        );
    }
    if estimate.at_edge {
        println!(
            "位于搜索区域边缘，发射机可能在区域之外 / at the edge of the search area: the transmitter may stand outside"
        );
    }
    if !estimate.is_consistent() {
        println!("残差大于所报标准差应有的范围 / the residuals are larger than the stated deviations allow");
    }
}
