//! A workbook as another platform exports it: every heading that the pack's mapping knows, one row a case.

use std::collections::BTreeMap;
use std::path::Path;

use guiju_pack::{Export, Pack};
use rust_xlsxwriter::Workbook;

/// Heading -> cell.
pub type Row = BTreeMap<String, String>;

pub fn export(pack: &Pack, platform: &str, procedure: &str) -> Export {
    pack.platform(platform).unwrap().exports[procedure].clone()
}

/// Every heading of the export, in a fixed order.
pub fn headings(export: &Export) -> Vec<String> {
    let first = |list: &Vec<String>| list.first().cloned();
    let fields = export.fields.values().filter_map(|mapped| first(&mapped.columns));
    let steps = export.steps.values().flat_map(|step| [first(&step.at), first(&step.by)]).flatten();
    [first(&export.number), first(&export.state)].into_iter().flatten().chain(fields).chain(steps).collect()
}

/// Writes the rows under the headings; a cell whose heading is not there fails the test that made it.
pub fn write(path: &Path, headings: &[String], rows: &[Row]) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (at, row) in (1_u32..).zip(rows) {
        for (heading, cell) in row {
            let column = headings.iter().position(|known| known == heading);
            let column = column.unwrap_or_else(|| panic!("the export has no column {heading}"));
            sheet.write_string(at, u16::try_from(column).unwrap(), cell).unwrap();
        }
    }
    workbook.save(path).unwrap();
}
