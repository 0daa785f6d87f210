//! Makes cargo notice a new site: release builds of the server carry it inside, and the
//! compiler only knows of files that were there the last time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_set = |name| std::env::var_os(name).is_some();
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_set("CARGO_FEATURE_SSR") && is_release {
        println!("cargo:rerun-if-changed=target/site");
    }
}
