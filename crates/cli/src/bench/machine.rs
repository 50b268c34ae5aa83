//! On which machine were the numbers measured?

/// Processor, its cores as this process may use them, memory and load, in one line.
pub fn machine() -> String {
    let processor = line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = line_of("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(String::new(), |kib| format!(", {} GiB", (kib + (1 << 19)) >> 20));
    // Others may be using the machine: who reads the numbers should know.
    let load =
        std::fs::read_to_string("/proc/loadavg").ok().and_then(|t| Some(t.split_whitespace().next()?.to_owned()));
    let load = load.map_or(String::new(), |load| format!(", load {load} when it began"));
    format!("{processor}, {cores} cores{memory}, {}{load}", std::env::consts::OS)
}

/// What stands behind the colon of the first line that begins with `name`.
fn line_of(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
