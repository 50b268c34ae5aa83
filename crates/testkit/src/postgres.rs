//! Where do tests find a PostgreSQL server?
//!
//! At `GUIJU_TEST_POSTGRES` (an address whose user may create databases) if it is set; else a throw-away cluster of their own is made
//! when the server's programs are installed: in a temporary folder, on a socket in it and on no network, with the server's own defaults for
//! durability. It is stopped and removed when its owner drops it or ends, in whatever way: a small shell waits for that. Nothing is found: [`Server::find`] says so, and the caller must say that it skips.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Names the server that tests are to use; see the module's text.
pub const ADDRESS_VARIABLE: &str = "GUIJU_TEST_POSTGRES";

/// A server on which databases can be made.
pub struct Server {
    /// Address with everything but the database's name: (before it, after it).
    address: (String, String),
    cluster: Option<Cluster>,
    made: AtomicU32,
}

/// Programs of one server, running as `user` when we are root (the server refuses to be).
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
    /// A shell that reads from us; at the end of our input it stops the server and removes the folder. Tests end without dropping what
    /// lies in statics, and some are killed: the pipe closes all the same.
    keeper: Option<Child>,
}

const KEEPER: &str = r#"read gone; "$0" -D data -w -t 60 stop -m immediate >/dev/null 2>&1; cd /; rm -rf "$1""#;

static SHARED: Mutex<Option<Arc<Server>>> = Mutex::new(None);

impl Server {
    /// Finds or starts a server; all tests of a program share one. `None` when there is none to be had.
    ///
    /// # Errors
    /// A server's programs are there, but it does not start.
    pub fn find() -> io::Result<Option<Arc<Self>>> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.is_none() {
            *shared = Self::own(&[])?.map(Arc::new);
        }
        Ok(shared.clone())
    }

    /// Like [`Server::find`], but shared with nobody and with settings of its own (`shared_buffers=1GB`), for benchmarks. The settings
    /// have no effect on a server at `GUIJU_TEST_POSTGRES`.
    ///
    /// # Errors
    /// A server's programs are there, but it does not start.
    pub fn own(settings: &[&str]) -> io::Result<Option<Self>> {
        let made = AtomicU32::new(0);
        if let Ok(address) = std::env::var(ADDRESS_VARIABLE) {
            return Ok(Some(Self { address: split(&address)?, cluster: None, made }));
        }
        let Some(programs) = programs() else { return Ok(None) };
        let cluster = Cluster::start(programs, settings)?;
        let address = ("postgres://postgres@localhost".into(), format!("?host={}", cluster.folder.display()));
        Ok(Some(Self { address, cluster: Some(cluster), made }))
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Errors
    /// `psql` is missing or refused.
    pub fn fresh_database(&self) -> io::Result<String> {
        let name = format!("guiju_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::Relaxed));
        let psql = self.cluster.as_ref().map_or(PathBuf::from("psql"), |cluster| cluster.programs.join("psql"));
        let mut command = Command::new(psql);
        command.arg(self.url("postgres")).args(["-q", "-c", &format!("CREATE DATABASE {name}")]);
        succeed(&mut command)?;
        Ok(self.url(&name))
    }

    /// The address of a database by its name.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.address.0, self.address.1)
    }

    /// Stops a cluster of our own as a pulled plug would and starts it again: what tests of lost connections need. Nothing happens to a
    /// server that was given to us.
    ///
    /// # Errors
    /// It does not stop or does not start again.
    pub fn crash(&self) -> io::Result<bool> {
        let Some(cluster) = &self.cluster else { return Ok(false) };
        cluster.control(&["stop", "-m", "immediate"])?;
        cluster.control(&["start", "-l", "log"])?;
        Ok(true)
    }
}

/// Cuts an address at its database's name.
fn split(address: &str) -> io::Result<(String, String)> {
    let (before, options) = address.split_once('?').map_or((address, String::new()), |(a, b)| (a, format!("?{b}")));
    let scheme = before.find("://").map(|at| at + 3);
    let (scheme, rest) = scheme.and_then(|at| before.split_at_checked(at)).ok_or_else(|| {
        io::Error::other(format!("`{ADDRESS_VARIABLE}` is no address such as postgres://user@host/db"))
    })?;
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    Ok((format!("{scheme}{host}"), options))
}

/// The folder of the newest server's programs, if any is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    installed.sort();
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let folders = installed.into_iter().rev().map(|(_, folder)| folder).chain(on_path.into_iter().flatten());
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

impl Cluster {
    fn start(programs: PathBuf, settings: &[&str]) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("guiju-pg").tempdir()?.keep();
        let user = unprivileged()?;
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let mut cluster = Self { programs, folder, user, keeper: None };
        cluster.keeper = Some(cluster.keeper()?);
        let mut initdb = cluster.program("initdb");
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "data",
        ]);
        succeed(&mut initdb)?;
        let socket = cluster.folder.display();
        let mut lines = format!("listen_addresses = ''\nunix_socket_directories = '{socket}'\nmax_connections = 200\n");
        settings.iter().for_each(|setting| {
            lines.push_str(setting);
            lines.push('\n');
        });
        let file = cluster.folder.join("data/postgresql.auto.conf");
        std::fs::write(file, lines)?;
        cluster.control(&["start", "-l", "log"])?;
        Ok(cluster)
    }

    fn control(&self, what: &[&str]) -> io::Result<()> {
        let mut command = self.program("pg_ctl");
        command.args(["-D", "data", "-w", "-t", "60"]).args(what);
        // The server would keep our pipes open for as long as it runs.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if command.status()?.success() {
            return Ok(());
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(io::Error::other(format!("pg_ctl {what:?} failed: {log}")))
    }

    /// Starts the keeper, in a group of its own, so that Ctrl-C at a terminal does not take it along.
    fn keeper(&self) -> io::Result<Child> {
        let mut command = self.command("sh");
        command.args(["-c", KEEPER]).arg(self.programs.join("pg_ctl")).arg(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn()
    }

    fn program(&self, name: &str) -> Command {
        self.command(self.programs.join(name))
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_remove("PGDATA").stdin(Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(keeper) = &mut self.keeper {
            drop(keeper.stdin.take());
            if let Err(error) = keeper.wait() {
                eprintln!("the throw-away PostgreSQL in {} may be left running: {error}", self.folder.display());
            }
        }
    }
}

/// The user `postgres` (else `nobody`), when we are root.
fn unprivileged() -> io::Result<Option<(u32, u32)>> {
    if std::fs::metadata(Path::new("/proc/self"))?.uid() != 0 {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        accounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            match fields.as_slice() {
                [account, _, uid, gid, ..] if *account == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
                _ => None,
            }
        })
    };
    let user = find("postgres").or_else(|| find("nobody"));
    user.map(Some).ok_or_else(|| io::Error::other("PostgreSQL does not run as root, and there is no user `postgres`"))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    let done = command.output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{command:?} failed: {}", String::from_utf8_lossy(&done.stderr))))
}
