package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The NATS client and server would be a quarter of the time of the first build.
func TestOnlyABuildWithTheTagContainsNATS(t *testing.T) {
	for tags, want := range map[string]bool{"": false, "nats": true} {
		deps, err := exec.Command("go", "list", "-tags="+tags, "-deps", ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(deps, []byte("github.com/nats-io/")); got != want {
			t.Errorf("with the tags %q, the demo contains NATS: %t, want %t", tags, got, want)
		}
	}
}

// make demo runs the script.
func TestTheScriptSaysWhatItIsDoing(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sh", "../../scripts/demo.sh", "-addr", "127.0.0.1:0")
	caches, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	// The flights are loaded anew, but nothing is compiled twice.
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "GOCACHE="+strings.TrimSpace(string(caches)), "NATS_URL=")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, _ := bufio.NewReader(out).ReadString('\n')
	resp, err := http.Get(strings.TrimSpace(address))
	if err != nil {
		t.Fatalf("the script prints %q: %v\n%s", address, err, &said)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the start page is %s, want 200", resp.Status)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v, want the status 0\n%s", err, &said)
	}
	for _, phase := range []string{"1/3 getting modules", "2/3 building", "3/3 starting", "loading 300000 flights"} {
		if !strings.Contains(said.String(), phase) {
			t.Errorf("the script says %q, want %q in there", &said, phase)
		}
	}
}
