//! A sweep whose process dies loses the chunk in flight, and nothing else.
//!
//! `KILLS=50 cargo test --release --test sweep_kill` kills that often; the default is 8.

mod sweeps;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sweeps::write;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command
}

/// Ends with `code`; returns standard output and standard error.
#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    (out, err)
}

fn sweep<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["sweep", "small.toml", "--draws", "60", "--chunk", "4", "--out", out];
    arguments.extend(more);
    arguments
}

/// One of more parts, in one thread, so that there is more time to be killed in.
fn long<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["sweep", "small.toml", "--draws", "320", "--chunk", "4", "--out", out];
    arguments.extend(["--threads", "1"]);
    arguments.extend(more);
    arguments
}

/// Every file of a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect()
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    command(folder, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn killed_at_any_moment_and_resumed_the_table_is_the_same() {
    let kills: usize = std::env::var("KILLS").map_or(8, |text| text.parse().expect("a number"));
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    let started = Instant::now();
    let (whole, _) = ends(&command(folder, &long("whole", &[])).output().unwrap(), 0);
    let mut time = started.elapsed();
    let expected = contents(&folder.join("whole"));
    let parts = |out: &Path| contents(out).keys().filter(|name| name.starts_with("part-")).count();
    let mut state = 0x9e37_79b9_u64;
    let (mut killed, mut folders, mut amid) = (0, 0, Vec::new());
    while killed < kills {
        let out = format!("killed-{folders}");
        let path = folder.join(&out);
        folders += 1;
        // A sweep is killed until it is through, each time at another moment.
        loop {
            let (more, missing): (&[&str], f64) = match path.exists() {
                false => (&[], 1.0),
                true => (&["--resume"], 1.0 - parts(&path) as f64 / 80.0),
            };
            let mut child = start(folder, &long(&out, more));
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share = (state >> 40) as f64 / (1_u64 << 24) as f64;
            std::thread::sleep(time.mul_f64((0.2 + 0.8 * missing) * share));
            child.kill().unwrap();
            let through = child.wait().unwrap().success();
            // What is there is whole: the same bytes as in the undisturbed folder.
            if path.exists() {
                for (name, bytes) in contents(&path) {
                    let temporary = name.starts_with(".detente-");
                    assert!(temporary || name == "sweep.json" || expected[&name] == bytes, "{name}");
                }
            }
            if through {
                // The machine is less busy than it was: aim earlier.
                time = time.mul_f64(0.9);
                break;
            }
            killed += 1;
            amid.push(if path.exists() { parts(&path) } else { 0 });
            if killed == kills {
                break;
            }
        }
        let (resumed, _) = ends(&command(folder, &long(&out, &["--resume"])).output().unwrap(), 0);
        assert_eq!(resumed, whole);
        assert!(contents(&path) == expected, "other files after {killed} kills");
    }
    let partly = amid.iter().filter(|parts| (1..80).contains(*parts)).count();
    assert!(4 * partly > kills, "parts at the kills: {amid:?}");
    eprintln!("{killed} kills in {folders} folders; parts of 80 at each: {amid:?}");
}

#[test]
fn another_question_is_not_resumed_and_nothing_is_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    ends(&command(folder, &sweep("out", &[])).output().unwrap(), 0);
    let (_, err) = ends(&command(folder, &sweep("out", &[])).output().unwrap(), 2);
    assert!(err.contains("the folder out is not empty: write --resume"), "{err}");
    let before = contents(&folder.join("out"));
    let scenario = std::fs::read_to_string(folder.join("small.toml")).unwrap();
    std::fs::write(folder.join("small.toml"), format!("# another\n{scenario}")).unwrap();
    let other = ["--resume", "--seed", "9", "--regions", "USA"];
    let (_, err) = ends(&command(folder, &sweep("out", &other)).output().unwrap(), 2);
    insta::assert_snapshot!(err, @r"
    detente: the folder out is of another sweep:
      regions is USA, and was all
      seed is 9, and was 5
      seed of the weeks is 9, and was 1
      the scenario is another
    ");
    assert!(contents(&folder.join("out")) == before);
    // Of the same question there is nothing left to do.
    std::fs::write(folder.join("small.toml"), scenario).unwrap();
    let (_, err) = ends(&command(folder, &sweep("out", &["--resume"])).output().unwrap(), 0);
    assert!(err.contains("15 of 15 parts are there, 0 are to come"), "{err}");
    assert!(contents(&folder.join("out")) == before);
    // A folder of something else is left alone.
    let (_, err) = ends(&command(folder, &sweep(".", &["--resume"])).output().unwrap(), 2);
    assert!(err.contains("the folder . is not of a sweep: sweep.json cannot be read"), "{err}");
}

#[test]
fn parts_that_are_not_whole_are_computed_again() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    ends(&command(folder, &sweep("out", &[])).output().unwrap(), 0);
    let out = folder.join("out");
    let whole = contents(&out);
    let parts: Vec<&String> = whole.keys().filter(|name| name.starts_with("part-")).collect();
    assert_eq!(parts.len(), 15);
    let change = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole[name].clone();
        change(&mut bytes);
        std::fs::write(out.join(name), bytes).unwrap();
    };
    change(parts[1], &|bytes| bytes.truncate(bytes.len() / 2));
    change(parts[2], &|bytes| bytes[1000] ^= 1);
    change(parts[3], &|bytes| bytes.clear());
    std::fs::remove_file(out.join(parts[4])).unwrap();
    std::fs::write(out.join("part-00099-0123456789abcdef.parquet"), "garbage").unwrap();
    // One part under the name of another.
    std::fs::write(out.join(parts[5]), &whole[parts[6]]).unwrap();
    std::fs::write(out.join(".detente-x1"), "half").unwrap();
    std::fs::write(out.join("notes.txt"), "mine").unwrap();
    let (_, err) = ends(&command(folder, &sweep("out", &["--resume"])).output().unwrap(), 0);
    assert_eq!(err.matches("is not whole").count(), 5, "{err}");
    assert!(err.contains("10 of 15 parts are there, 5 are to come"), "{err}");
    let mut after = contents(&out);
    assert_eq!(after.remove("notes.txt").as_deref(), Some(b"mine".as_slice()), "not ours to touch");
    assert!(after == whole);
    // A record that is no record.
    std::fs::write(out.join("sweep.json"), "{").unwrap();
    let (_, err) = ends(&command(folder, &sweep("out", &["--resume"])).output().unwrap(), 2);
    assert!(err.contains("the folder out is not of a sweep: sweep.json, "), "{err}");
}

/// A limit on the size of files stands for a disk that is full.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_ends_it_and_leaves_what_is_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    let arguments = sweep("out", &[]).join(" ");
    let program = env!("CARGO_BIN_EXE_detente");
    // 8 blocks of 512 bytes: the record fits, a part does not.
    let limited = format!("trap '' XFSZ; ulimit -f 8; exec {program} {arguments}");
    let output = Command::new("sh").args(["-c", &limited]).current_dir(folder).output().unwrap();
    let (_, err) = ends(&output, 2);
    assert!(err.contains("cannot write out/part-00000-") && err.contains("--resume goes on"), "{err}");
    let left: Vec<String> = contents(&folder.join("out")).into_keys().collect();
    assert_eq!(left, ["sweep.json"]);
    ends(&command(folder, &sweep("out", &["--resume"])).output().unwrap(), 0);
    let (_, err) = ends(&command(folder, &sweep("/dev/full", &[])).output().unwrap(), 2);
    assert!(err.contains("/dev/full"), "{err}");
}

#[test]
fn two_processes_do_not_work_in_one_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    let long = ["sweep", "small.toml", "--draws", "20000", "--out", "out"];
    let mut child = start(folder, &long);
    let started = Instant::now();
    while !folder.join("out/sweep.json").exists() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    let mut second = long.to_vec();
    second.push("--resume");
    let output = command(folder, &second).output().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, err) = ends(&output, 2);
    assert!(err.contains("another process is at work in the folder out"), "{err}");
}

#[test]
fn the_command_says_what_it_will_do_and_what_came_out() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    write(folder);
    let over = "[[over]]\nfield = \"phase.worse.set.us-on-china\"\ngrid = [\"40%\", \"60%\"]\n";
    std::fs::write(folder.join("over.toml"), over).unwrap();
    let arguments = ["sweep", "small.toml", "--draws", "4", "--over", "over.toml", "--out", "out"];
    let (out, err) = ends(&command(folder, &arguments).output().unwrap(), 0);
    let hash = out.split("table ").nth(1).unwrap()[..64].to_owned();
    insta::assert_snapshot!(out.replace(&hash, "HASH"), @r#"
    A small war
    2 combinations of 4 draws, 2784 rows, SHA-256 of the table HASH

    Real income against "before", %: median (5 to 95 % of the draws)
       phase.worse.set.us-on-china                             War                      worse
                               40%  USA  -0.025 (-0.033 to -0.021)  -0.082 (-0.089 to -0.077)
                               40%  CHN  -0.186 (-0.189 to -0.174)  -0.232 (-0.237 to -0.226)
                               60%  USA  -0.025 (-0.033 to -0.021)  -0.149 (-0.152 to -0.146)
                               60%  CHN  -0.186 (-0.189 to -0.174)  -0.266 (-0.272 to -0.253)

    Value added lost until week, billion USD: median (5 to 95 % of the draws)
       phase.worse.set.us-on-china                         4                    8                   13
                               40%  USA  0.00 (0.00 to 0.00)  0.00 (0.00 to 0.00)  0.00 (0.00 to 0.00)
                               40%  CHN  0.13 (0.13 to 0.13)  0.28 (0.26 to 0.29)  0.38 (0.38 to 0.39)
                               60%  USA  0.00 (0.00 to 0.00)  0.00 (0.00 to 0.00)  0.00 (0.00 to 0.00)
                               60%  CHN  0.13 (0.13 to 0.13)  0.28 (0.26 to 0.29)  0.38 (0.38 to 0.39)
    "#);
    assert_eq!(err, "8 cases of 348 rows in 1 part, about 23 kB\nthe table is in out\n");
    let arguments =
        ["sweep", "small.toml", "--draws", "4", "--variables", "gross_output,imports", "--out", "none"];
    let (_, err) = ends(&command(folder, &arguments).output().unwrap(), 2);
    assert!(err.contains("nothing of gross_output would be kept"), "{err}");
    assert!(!folder.join("none").exists());
    // No elasticities that anybody could mean, and no equilibrium.
    let over = "[[over]]\nfield = \"long_run.spread\"\ngrid = [\"9000%\"]\n";
    std::fs::write(folder.join("over.toml"), over).unwrap();
    let arguments = ["sweep", "small.toml", "--draws", "4", "--over", "over.toml", "--out", "lost"];
    let (out, err) = ends(&command(folder, &arguments).output().unwrap(), 3);
    assert!(
        out.contains("4 of 4 cases have no answer") && err.contains("no case has an answer"),
        "{out}\n{err}"
    );
}
