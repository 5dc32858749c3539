package browsertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Firefox is Firefox with its defaults: the runtime does the work.
func Firefox() *Engine {
	return &Engine{
		Name:      "Firefox",
		Scripting: true,
		Install:   "apt-get install firefox-esr",
		Paths:     []string{"firefox-esr", "firefox"},
		command: func(t testing.TB, path, dir, url string) *exec.Cmd {
			return firefox(t, path, dir, url, "")
		},
	}
}

// FirefoxNoScript is Firefox with scripting off. Its pages are sent in order.
func FirefoxNoScript() *Engine {
	e := Firefox()
	e.Name = "Firefox without scripting"
	e.Scripting = false
	e.command = func(t testing.TB, path, dir, url string) *exec.Cmd {
		return firefox(t, path, dir, url, `user_pref("javascript.enabled", false);`)
	}
	return e
}

// firefoxPrefs keep a new profile from showing its own pages and from talking
// to anyone but the test.
const firefoxPrefs = `
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.blockedURIs.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.search.update", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("browser.topsites.contile.enabled", false);
user_pref("browser.uitour.enabled", false);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.push.connection.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.prefetch-next", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("toolkit.telemetry.server", "");
user_pref("toolkit.telemetry.unified", false);
`

func firefox(t testing.TB, path, dir, url, more string) *exec.Cmd {
	profile := filepath.Join(dir, "profile")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxPrefs+more+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", profile, url)
	cmd.Env = []string{"MOZ_CRASHREPORTER_DISABLE=1", "MOZ_DATA_REPORTING=0"}
	return cmd
}
