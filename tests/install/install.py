#!/usr/bin/env python3
"""What is installed is the reviewed list, and programs of others can be built with it and run.

    install.py ROOT BUILD CONFIG VERSION LIBDIR COMPILER [FLAGS]
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import compare, files_under, listed

COMPONENTS = ("lib", "dev", "tool")


def run(*command, **kwargs):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **kwargs)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(build, config, prefix):
    """Each component by itself first, so that the list says what is in which package."""
    found = set()
    for component in COMPONENTS:
        folder = prefix / component
        run("cmake", "--install", build, "--config", config, "--prefix", folder, "--component", component)
        found |= {(component, path) for path in files_under(folder)}
    run("cmake", "--install", build, "--config", config, "--prefix", prefix / "all")
    return found


def environment(prefix, libdir):
    return {**os.environ, "LD_LIBRARY_PATH": str(prefix / libdir),
            "PKG_CONFIG_PATH": str(prefix / libdir / "pkgconfig"), "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1"}


def with_pkg_config(root, work, env, compiler, flags):
    words = run("pkg-config", "--cflags", "--libs", "assay", env=env).split()
    program = work / "by-pkg-config"
    run(compiler, *flags, "-std=c99", "-Wall", "-Werror", root / "tests/install/consumer.c", "-o", program, *words)
    return program


def with_find_package(root, work, prefix, asked, compiler, flags):
    """The program, or None where the version asked for is not the installed one."""
    source, build = work / f"src-{asked}", work / f"build-{asked}"
    source.mkdir()
    text = (root / "tests/install/consumer.cmake.in").read_text()
    text = text.replace("@VERSION_ASKED@", asked).replace("@CONSUMER@", str(root / "tests/install/consumer.c"))
    (source / "CMakeLists.txt").write_text(text)
    configure = ["cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
                 f"-DCMAKE_C_COMPILER={compiler}", f"-DCMAKE_C_FLAGS={' '.join(flags)}", "-DCMAKE_BUILD_TYPE=Debug"]
    done = subprocess.run([str(c) for c in configure], capture_output=True, text=True)
    if done.returncode and "compatible" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    run("cmake", "--build", build)
    return build / "consumer"


def check_program(what, program, root, env, libdir, prefix, expected):
    if program is None:
        return [f"{what}: the installed version was not found"]
    out = run(program, root / "tests/install/pack.yaml", env=env)
    linked = run("ldd", program, env=env)
    faults = [] if out == expected else [f"{what}: printed {out!r}, expected {expected!r}"]
    if str(prefix / libdir / "libassay.so") not in linked:
        faults.append(f"{what}: does not use the installed library:\n{linked}")
    return faults


def check_command(root, prefix, env, version):
    command = prefix / "bin/assay"
    out = run(command, "version", env=env)
    faults = [] if out == f"assay {version}\n" else [f"assay version: printed {out!r}"]
    rules = prefix / "share/assay/rules"
    packs = sorted((rules / "packs").glob("*.yaml"))
    if {pack.name for pack in packs} != {pack.name for pack in (root / "rules/packs").glob("*.yaml")}:
        faults.append(f"installed packs: {packs}")
    done = subprocess.run([command, "lint", "--include-dir", rules, root / "tests/install/pack.yaml", *packs], env=env,
                          capture_output=True, text=True)
    return faults if done.returncode == 0 else faults + [f"the installed assay lint: {done.stdout}{done.stderr}"]


def main():
    root, build, config, version, libdir, compiler = Path(sys.argv[1]).resolve(), *sys.argv[2:7]
    flags = sys.argv[7].split() if len(sys.argv) > 7 else []
    asked = ".".join(version.split(".")[:2])
    with tempfile.TemporaryDirectory(prefix="assay-install-") as folder:
        work, prefix = Path(folder), Path(folder) / "all"
        env = environment(prefix, libdir)
        faults = compare("installed", install(build, config, work), listed(root, libdir, version, config))
        expected = f"{version} consumer 2\n"
        programs = {"pkg-config": with_pkg_config(root, work, env, compiler, flags),
                    "find_package": with_find_package(root, work, prefix, asked, compiler, flags)}
        for what, program in programs.items():
            faults += check_program(what, program, root, env, libdir, prefix, expected)
        if with_find_package(root, work, prefix, "99.0", compiler, flags) is not None:
            faults.append("find_package(assay 99.0) was satisfied")
        faults += check_command(root, prefix, env, version)
    print("\n".join(faults) if faults else "the installed files are the reviewed ones, and programs can be built with them")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
