"""Every rung of the ladder on a machine that was made to need it: scenarios run there, or say why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pkgsuite import pacman

TOP = Path(__file__).parents[2]
SCENARIOS = "pkgsuite.testcases.pacman.test_install"
OF_MANY_USERS = "a range of ids is needed"
"""What scenarios say that need more users than such a machine may have."""

CHROOT = """
cd "$PLACE"
for name in usr etc proc dev work root home srv opt var bin lib lib64 sbin tmp; do
    if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$name"; elif [ -d "/$name" ]; then
        mkdir "$name"; [ "$name" = tmp ] || mount --rbind "/$name" "$name"; fi
done
for path in "$TOP" $OF_PYTHON; do
    [ -d "./$path" ] && [ -n "$(ls -A "./$path")" ] && continue
    mkdir -p "./$path"
    mount --rbind "$path" "./$path"
done
exec chroot . sh -c 'cd "$TOP"; eval "$RUN"'
"""

RUN = """
"$PYTHON" -m pkgsuite doctor --json | tr -d '\n'
echo
exec "$PYTHON" -m pkgsuite run -q --no-history --report jsonl=- "$SCENARIOS"
"""


class RehearsalTest(unittest.TestCase):
    """Machines that refuse something, made with unshare(1)."""

    @classmethod
    def setUpClass(cls) -> None:
        pacman.find()
        done = subprocess.run(["unshare", "-Urm", "true"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise unittest.SkipTest(
                f"no namespaces to rehearse in: {done.stderr.strip()}; sysctl user.max_user_namespaces=10000"
            )

    def rehearse(
        self,
        script: str,
        isolation: str = "auto",
        wrapper: tuple[str, ...] = ("unshare", "-Urm"),
        python: str = sys.executable,
    ) -> str:
        """Run scenarios after *script* has made the machine poorer; all must pass. The rung that was found."""
        with tempfile.TemporaryDirectory() as place:
            environment = {
                **os.environ,
                "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin",
                "PYTHON": python,
                "OF_PYTHON": f"{sys.prefix} {sys.base_prefix}",
                "TOP": str(TOP),
                "PLACE": place,
                "SCENARIOS": SCENARIOS,
                "RUN": RUN,
                "PKGSUITE_ISOLATION": isolation,
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            done = subprocess.run(
                [*wrapper, "sh", "-ec", script], cwd=TOP, env=environment, capture_output=True, text=True, check=False
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told, *lines = done.stdout.splitlines()
        events = [json.loads(line) for line in lines]
        results = [event for event in events if event["event"] == "result"]
        bad = [event for event in results if event["outcome"] != "passed" and OF_MANY_USERS not in event["reason"]]
        self.assertEqual(bad, [])
        self.assertIn("passed", {event["outcome"] for event in results})
        found = [rung for rung in json.loads(told)["isolation"] if rung["is_there"]]
        return f"{found[0]['name']}: {found[0]['detail']}"

    def test_plain(self) -> None:
        """A world is made inside another user namespace as well."""
        self.assertRegex(self.rehearse(RUN), "^user-single")

    def test_no_user_namespaces(self) -> None:
        """Where no more user namespaces are allowed, root takes its own namespaces."""
        self.assertRegex(self.rehearse(f"echo 0 > /proc/sys/user/max_user_namespaces; {RUN}"), "^root")

    def test_no_namespaces(self) -> None:
        """Where no namespaces are allowed at all, fakeroot and fakechroot serve."""
        self.need_fakechroot()
        limits = "for kind in user mnt pid net; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done"

        self.assertRegex(self.rehearse(f"{limits}; {RUN}"), "^fakechroot")

    def test_inside_a_chroot(self) -> None:
        """In a chroot, where even root may have no user namespace, root's own namespaces work."""
        self.assertRegex(self.rehearse(CHROOT), "^root")

    def test_fakechroot_inside_a_chroot(self) -> None:
        """In a chroot fakeroot and fakechroot work too."""
        self.need_fakechroot()

        self.assertRegex(self.rehearse(CHROOT, isolation="fakechroot"), "^fakechroot")

    def test_chroot_on_request(self) -> None:
        """Root's plain chroot is taken when it is asked for."""
        self.assertRegex(self.rehearse(RUN, isolation="chroot"), "^chroot")

    def test_proc_is_covered(self) -> None:
        """Where parts of /proc are covered, as containers do, the host's /proc stays and all works."""
        cover = "mount -t tmpfs tmpfs /proc/driver || mount -t tmpfs tmpfs /proc/fs"

        self.assertRegex(self.rehearse(f"{cover}; {RUN}"), "^user-single.*the host's /proc stays")

    def test_settings_of_the_kernel_are_read_only(self) -> None:
        """Nor does it matter that nobody may make /proc/sys writable, as in containers."""
        cover = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro,nosuid,nodev,noexec /proc/sys"

        self.assertRegex(self.rehearse(f"{cover}; {RUN}"), "^user-single.*the host's /proc stays")

    def test_no_new_privileges(self) -> None:
        """Where programs may not gain rights, there is still a map with a single id."""
        done = subprocess.run(["setpriv", "--no-new-privs", "true"], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest("setpriv(1) cannot set no-new-privs; apt-get install util-linux")
        wrapper = ("setpriv", "--no-new-privs")
        if os.geteuid() == 0:
            wrapper = (*wrapper, "--reuid=65534", "--regid=65534", "--clear-groups")

        self.assertRegex(self.rehearse(RUN, wrapper=wrapper, python=python_for_others()), "^user-single")

    def test_no_shared_memory(self) -> None:
        """Without a /dev/shm to write to, pretended roots stand in the directory for temporary files."""
        self.need_fakechroot()
        refuse = "mount -t tmpfs -o ro tmpfs /dev/shm"

        self.assertRegex(self.rehearse(f"{refuse}; {RUN}", isolation="fakechroot"), "^fakechroot")

    def test_read_only_checkout(self) -> None:
        """A checkout that cannot be written to does."""
        script = f'mount --rbind "$TOP" "$TOP"; mount -o remount,ro,bind "$TOP"; cd "$TOP"; {RUN}'

        self.assertRegex(self.rehearse(script), "^user-single")

    def need_fakechroot(self) -> None:
        """Skip where the programs are missing."""
        for program in ("fakeroot", "fakechroot"):
            if not any(os.access(f"{place}/{program}", os.X_OK) for place in ("/usr/bin", "/bin")):
                self.skipTest(f"no {program}; apt-get install {program}")


def python_for_others() -> str:
    """A Python with psutil that any user may run, from a checkout that any user may read; skips where there is none."""
    other = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.geteuid() == 0 else ()
    for program in (sys.executable, "/usr/bin/python3"):
        # By way of a shell: setpriv itself still finds programs with root's rights.
        words = [*other, "sh", "-c", 'exec "$0" -c "import psutil"', program]
        done = subprocess.run(words, capture_output=True, cwd="/", check=False)
        if done.returncode == 0 and all(os.stat(above).st_mode & 0o001 for above in (TOP, *TOP.parents)):
            return program
    raise unittest.SkipTest(f"other users cannot use this Python at {TOP}; run the tests as an ordinary user")
