//! The `detente` command.

/// A tree of a large ledger is a million small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    detente::cli::main()
}
