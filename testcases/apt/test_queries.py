"""Questions: what is installed, what could be, and why; nothing changes."""

from __future__ import annotations

from pkgsuite import DEPENDENCY, File, Package, Scenario, apt, output, returncode, unchanged_elsewhere


class Queries(Scenario):
    """A machine with a few packages."""

    def setUp(self):
        super().setUp()
        library = Package("library", "2.0-1", desc="Does things", reason=DEPENDENCY, files=["usr/lib/library"])
        self.app = Package("app", depends=["library>=1.0"], files=["usr/bin/app"], backup=["usr/bin/app"])
        newer = self.app.upgraded("3.0-1", recommends=["helper"], desc="A tool for testing", section="utils")
        self.machine = self.start_machine(
            installed=[library, self.app], repositories={"stable": [library, self.app], "testing": [newer]}
        )

    def asks(self, command, *lines):
        """The command prints lines that match, and changes nothing."""
        self.machine.run(command)
        self.check(*map(output, lines), unchanged_elsewhere())


class AskApt(Queries, on=apt):
    """What apt tells of packages, installed or not."""

    def test_policy(self):
        self.asks(
            "apt-cache policy app",
            *(r"^  Installed: 1\.0-1$", r"^  Candidate: 3\.0-1$", r"^ \*\*\* 1\.0-1 500$"),
            r"^        100 .*/var/lib/dpkg/status$",
        )

    def test_policy_of_repositories(self):
        self.asks(
            "apt-cache policy", "^ 500 copy:.* stable/main amd64 Packages$", "release .*a=testing,n=testing,c=main"
        )

    def test_depends(self):
        self.asks("apt-cache depends app", "^  Depends: library$", "^  Recommends: <?helper>?$")

    def test_reverse_depends(self):
        self.asks("apt-cache rdepends library", "^Reverse Depends:$", "^ +app$")

    def test_search(self):
        self.asks("apt-cache search testing", "^app - A tool for testing$")

        self.check(~output("library"))

    def test_search_of_names(self):
        self.asks("apt-cache search --names-only ^lib", "^library - Does things$")

        self.check(~output("^app"))

    def test_show(self):
        self.asks(
            "apt-cache show app=3.0-1",
            *("^Package: app$", r"^Version: 3\.0-1$", r"^Depends: library \(>= 1\.0\)$", "^SHA256: [0-9a-f]{64}$"),
            "^Filename: pool/main/a/app/app_3.0-1_all.deb$",
        )

    def test_show_in_vain(self):
        self.machine.refuses("apt-cache show nothing", says="E: No packages found")

        self.check(returncode(100), unchanged_elsewhere())

    def test_all_versions(self):
        self.asks(
            "apt-cache madison app", r"^ +app \| +3\.0-1 \| .*testing/main", r"^ +app \| +1\.0-1 \| .*stable/main"
        )

    def test_names(self):
        self.asks("apt-cache pkgnames li", "^library$")

        self.check(~output("app"))

    def test_list_of_installed(self):
        self.asks("apt list --installed", r"^app/stable.*1\.0-1 all \[installed,upgradable to: 3\.0-1\]$")

    def test_marks(self):
        self.asks("apt-mark showmanual", "^app$")

        self.check(~output("library"))

    def test_check(self):
        self.machine.run("apt-get check")

        self.check(output("^Reading state information"), unchanged_elsewhere())


class AskDpkg(Queries, on=apt):
    """What dpkg tells of packages that are installed, and of archives."""

    def test_list(self):
        self.asks("dpkg -l", r"^ii  app +1\.0-1 +all", r"^ii  library +2\.0-1 +all")

    def test_status(self):
        self.asks("dpkg -s app", "^Status: install ok installed$", r"^Depends: library \(>= 1\.0\)$")

    def test_files(self):
        self.asks("dpkg -L app", "^/usr/bin/app$", "^/usr$")

    def test_owner(self):
        self.asks("dpkg -S /usr/lib/library", "^library: /usr/lib/library$")

    def test_owner_of_nothing(self):
        self.machine.refuses("dpkg -S /etc/nothing", says="no path found matching pattern /etc/nothing")

        self.check(returncode(1), unchanged_elsewhere())

    def test_format(self):
        self.asks("dpkg-query -W -f '${Package}=${Version};${db:Status-Abbrev}\\n' library", "^library=2.0-1;ii $")

    def test_archive(self):
        self.machine.add_archives(self.app)

        self.asks("dpkg --info app_1.0-1_all.deb", "^ Package: app$", r"^ Version: 1\.0-1$")

    def test_contents_of_an_archive(self):
        self.machine.add_archives(Package("su", files=[File("usr/bin/su", "x", 0o4755)]))

        self.asks("dpkg --contents su_1.0-1_all.deb", r"^-rwsr-xr-x 0/0 +1 .* \./usr/bin/su$")

    def test_verify(self):
        self.asks("dpkg --verify app")
        self.machine.write("usr/lib/library", "damaged\n")

        self.machine.execute("dpkg --verify library")

        self.check(output(r"^\?\?5\?+ +/usr/lib/library$"), ~output(".").of(1))

    def test_selections(self):
        self.asks("dpkg --get-selections", r"^app\s+install$")

    def test_compare_versions(self):
        self.machine.run("dpkg --compare-versions 1:1.0 gt 2.0")

        self.machine.execute("dpkg --compare-versions 1.0~rc1 gt 1.0")

        self.check(returncode(0).of(1), returncode(1))
