//! The `detente` command.

fn main() -> std::process::ExitCode {
    detente::cli::main()
}
