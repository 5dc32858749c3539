package browsertest_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/examples/browsertest"
	"github.com/rivulet-go/rivulet/examples/browsertest/pages"
)

// A violation of the policy fails any scenario that does not expect it.
var policies = []browsertest.Scenario{
	policy("a policy with a nonce", nonceOnly, nil),
	policy("enforced Trusted Types",
		"default-src 'none'; img-src 'self'; script-src 'nonce-{nonce}'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'", nil),
}

func policy(name, policy string, change func(*browsertest.Scenario)) browsertest.Scenario {
	s := browsertest.Scenario{
		Name:   "content is revealed under " + name,
		Where:  browsertest.Scripted,
		Page:   pages.Slower(),
		Policy: policy,
		Watch: map[string]string{
			"fallback": "#outside > .dots",
			"parent":   "#outside:not(:has(> .dots)) > .parent",
			"waiting":  "#outside > .parent > #child > .dots",
			"child":    "#outside > .parent > #child:not(:has(> .dots)) > b.child",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("fallback")
			v.Reveal("parent")
			v.Wait("waiting")
			v.Reveal("child")
			v.Finished(t)
		},
	}
	if change != nil {
		change(&s)
	}
	return s
}
