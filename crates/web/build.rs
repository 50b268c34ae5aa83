//! Builds the pages anew when an asset comes or goes: the compiler itself only sees changes within files.

fn main() {
    println!("cargo::rerun-if-changed=assets");
}
