//! A new migration file is embedded only if the crate is built again.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
