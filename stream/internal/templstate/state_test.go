package templstate_test

import (
	"context"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

func TestKeys(t *testing.T) {
	for name, key := range map[string]any{"Key": templstate.Key, "ChildrenKey": templstate.ChildrenKey, "FragmentKey": templstate.FragmentKey} {
		if key == nil {
			t.Errorf("%s is not known: this version of templ asks for its values in another way", name)
		}
	}
}

func render(t *testing.T, state any, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.WithValue(t.Context(), templstate.Key, state), &b); err != nil {
		t.Errorf("Render() = %v", err)
	}
	return b.String()
}

var once = []*templ.OnceHandle{
	templ.NewOnceHandle(templ.WithComponent(templ.Raw("once "))),
	templ.NewOnceHandle(templ.WithComponent(templ.Raw("again "))),
}

func class(id string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return templ.RenderCSSItems(ctx, w, templ.ComponentCSSClass{ID: id, Class: templ.SafeCSS("." + id + "{}")})
	})
}

// TestClaims fails when the state of a version of templ is not laid out as this
// package takes it to be.
func TestClaims(t *testing.T) {
	script := func(name string) templ.Component {
		return templ.ComponentScript{Name: name, Function: "function " + name}
	}
	v := templstate.New("", nil)
	render(t, v, templ.Join(once[0].Once(), class("red"), script("go")))
	claims := templstate.Of(v, nil)
	if claims == nil {
		t.Fatal("nothing is known to have been claimed: this version of templ keeps its state in another way")
	}
	if again := templstate.Of(v, claims); again != claims {
		t.Error("claims are copied although nothing was added to them")
	}
	later := templ.Join(once[1].Once(), class("blue"), script("stop"))
	fresh := render(t, templstate.New("", nil), later)
	if got := render(t, v, later); got != fresh {
		t.Errorf("what has not been claimed is %q, want %q", got, fresh)
	}
	if templstate.Of(v, claims) == claims {
		t.Error("what was added to the claims is not seen")
	}
	if !claims.Restore(v) {
		t.Error("Restore() = false, want true")
	}
	if got := render(t, v, later); got != fresh {
		t.Errorf("what was given back is %q, want %q", got, fresh)
	}
	if got := render(t, v, templ.Join(once[0].Once(), class("red"))); got != "" {
		t.Errorf("what stayed claimed is %q, want nothing", got)
	}
	clone := templstate.New("n0nce", claims)
	if got := render(t, clone, class("red")) + templ.GetNonce(context.WithValue(t.Context(), templstate.Key, clone)); got != "n0nce" {
		t.Errorf("a state made of claims emits and has the nonce %q, want n0nce", got)
	}
	render(t, clone, class("green"))
	if got := render(t, templstate.New("", claims), class("green")); got == "" {
		t.Error("what one state has claimed is claimed in another")
	}
	var none *templstate.Claims
	if none.Restore(v); templstate.Of(v, nil) != nil {
		t.Error("there are claims when all was given back")
	}
}

// TestManyClaims has more claims than are copied for each new one.
func TestManyClaims(t *testing.T) {
	v := templstate.New("", nil)
	var claims *templstate.Claims
	copies := 0
	for i := range 3000 {
		render(t, v, class("c"+strconv.Itoa(i)))
		before := claims
		if claims = templstate.Of(v, claims); claims != before {
			copies++
		}
	}
	if copies > 300 {
		t.Errorf("3000 claims were copied %d times", copies)
	}
	render(t, v, class("lost"))
	claims.Restore(v)
	if got := render(t, v, class("lost")); got == "" {
		t.Error("what was claimed last was not given back")
	}
	kept := 0
	for i := range 3000 {
		if render(t, v, class("c"+strconv.Itoa(i))) == "" {
			kept++
		}
	}
	if kept < 3000*7/8 {
		t.Errorf("%d claims of 3000 were kept, want seven of eight", kept)
	}
}

func TestOther(t *testing.T) {
	var none *templstate.Claims
	for _, v := range []any{nil, 1, new(struct{}), (*int)(nil)} {
		if templstate.Of(v, nil) != nil || none.Restore(v) {
			t.Errorf("%T is taken for a state of templ", v)
		}
	}
}
