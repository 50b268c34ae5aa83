//! Builds the pack's loader anew when a file of the shipped pack comes or goes: the compiler itself only sees changes within files.

fn main() {
    println!("cargo::rerun-if-changed=../../packs/industry-it-bureau");
}
