//! What `guiju station` prints.

use std::path::PathBuf;

use guiju_station::{Doing, Identity, Overview, Said, TakenIn, WatchStatus};

use crate::Fault;

const NS_PER_MS: i64 = 1_000_000;

pub fn identity(identity: &Identity, json: bool) -> Result<(), Fault> {
    if json {
        println!("{}", serde_json::to_string_pretty(identity)?);
        return Ok(());
    }
    let Identity { station, public_key } = identity;
    println!("{public_key}");
    eprintln!("请把这把公钥登记到监测站台账的`{station}`名下；私钥留在本目录，请备份");
    eprintln!(
        "enter this public key for `{station}` in the register of monitoring stations; the private key stays in the folder: back it up"
    );
    Ok(())
}

pub fn overview(overview: &Overview, json: bool) -> Result<(), Fault> {
    if json {
        println!("{}", serde_json::to_string_pretty(overview)?);
        return Ok(());
    }
    let said = &overview.said;
    println!("{} {}", said.station, if overview.running { "运行中 / running" } else { "未运行 / not running" });
    if overview.full {
        println!("磁盘已满，停止计入监测时间 / the disk is full: nothing is counted");
    }
    println!(
        "待打包测量 / journalled: {}; 待上送 / waiting: {}; 已送达 / acknowledged: {} (#{}); 被拒收 / refused: {}",
        overview.journalled, overview.waiting, overview.acknowledged, overview.last_sequence, overview.refused
    );
    match said.clock_offset_ns {
        Some(ns) => println!("站钟快 / clock ahead: {} ms", ns.div_euclid(NS_PER_MS)),
        None => println!("站钟未与服务器核对 / the clock was not compared with the server's"),
    }
    for (zh, en, told) in [("上送", "sending", &said.trouble), ("打包", "packing", &said.packing)] {
        if let Some(Said { zh: why_zh, en: why, .. }) = told {
            println!("{zh}：{why_zh} / {en}: {why}");
        }
    }
    said.watches.iter().for_each(watch);
    Ok(())
}

fn watch(watch: &WatchStatus) {
    let doing = match watch.doing {
        Doing::Waiting => "等待时段 / waiting for its window",
        Doing::Measuring => "监测中 / measuring",
        Doing::Failed => "程序中断，稍后重启 / its program failed and is started again",
        Doing::Ended => "已结束 / ended",
    };
    println!(
        "{} {}: {doing}; 计入 / counted {}, 未计入 / not counted {}",
        watch.receiver, watch.task, watch.counted, watch.not_counted
    );
    if let Some(Said { zh, en, .. }) = &watch.said {
        println!("  {zh} / {en}");
    }
}

pub fn taken_in(files: &[PathBuf], taken: &[TakenIn]) {
    for (file, one) in files.iter().zip(taken) {
        let file = file.display();
        if one.again {
            println!("{file}: 以前收入过，没有重复收入 / was taken in earlier; nothing was done");
            continue;
        }
        println!("{file}: 计入 / counted {}, 略去 / left out {}", one.counted, one.left_out_count);
        for fault in &one.left_out {
            eprintln!("{fault}");
        }
    }
}
