package browsertest_test

import (
	"net/http"
	"testing"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// A violation of the policy fails any scenario that does not expect it.
func policies() []browsertest.Scenario {
	return []browsertest.Scenario{
		policy("a policy with a nonce", "script-src 'nonce-{nonce}'"),
		policy("enforced Trusted Types", "script-src 'nonce-{nonce}'; require-trusted-types-for 'script'; trusted-types 'none'"),
		// What the probe needs is allowed by its address, so that the inline
		// script has nothing but its hash.
		policy("a policy with the script's hash", "script-src "+assets.Unsuspense().Hash+" {origin}/visit/"),
		beforePaint(external(policy("a policy with 'self' and the external script", "script-src 'self'"), func(t *testing.T, v *browsertest.Visit) {
			v.Open("script")
			v.Wait("fallback")
			v.Open("parent")
		})),
		external(policy("a policy with 'self' and an external script that is late", "script-src 'self'"), func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Open("parent")
			v.WaitLoaded("parent")
			v.Picture() // the browser has had time for the chunk
			v.Open("script")
		}),
	}
}

// beforePaint leaves out WebKitGTK, which runs an async script only once it has
// painted; on a busy machine that may not be before the response has ended.
func beforePaint(s browsertest.Scenario) browsertest.Scenario {
	where := s.Where
	s.Where = func(e *browsertest.Engine) bool { return where(e) && e.Name != browsertest.WebKit().Name }
	return s
}

// external changes the scenario to one with the external script, which waits
// for the gate "script".
func external(s browsertest.Scenario, start func(*testing.T, *browsertest.Visit)) browsertest.Scenario {
	handler := assets.Handler()
	s.Renderer.Script = stream.ExternalScript(assets.Unsuspense().Name)
	s.Files = map[string]browsertest.File{
		assets.Unsuspense().Name: func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			v.Pass("script")
			handler.ServeHTTP(w, r)
		},
	}
	s.Run = reveal(start)
	return s
}

// policy is a scenario with two boundaries, one within the other.
func policy(name, policy string) browsertest.Scenario {
	return browsertest.Scenario{
		Name:   "content is revealed under " + name,
		Where:  browsertest.Scripted,
		Page:   pages.Slower(),
		Policy: "default-src 'none'; img-src 'self'; connect-src 'self'; " + policy,
		Watch: map[string]string{
			"fallback":       "#outside > .dots",
			"parent":         "#outside:not(:has(> .dots)) > .parent",
			"child fallback": "#outside > .parent > #child > .dots",
			"child":          "#outside > .parent > #child:not(:has(> .dots)) > b.child",
		},
		Run: reveal(func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Open("parent")
		}),
	}
}

func reveal(start func(*testing.T, *browsertest.Visit)) func(*testing.T, *browsertest.Visit) {
	return func(t *testing.T, v *browsertest.Visit) {
		start(t, v)
		v.Wait("parent", "child fallback")
		v.Reveal("child")
		v.Finished(t)
	}
}
