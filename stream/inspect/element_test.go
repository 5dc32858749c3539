package inspect_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/inspect"
)

func TestElement(t *testing.T) {
	nested := with(inspect.Element("g", "class", "outer"), with(inspect.Element("text", "x", "1"), html("inner")), inspect.Element("line"))
	for _, tt := range []struct {
		name string
		c    templ.Component
		want string
	}{
		{"without anything", inspect.Element("line"), `<line></line>`},
		{"nested", nested, `<g class="outer"><text x="1">inner</text><line></line></g>`},
		{"a hostile value", inspect.Element("a", "title", `"><script>'&`), `<a title="&#34;&gt;&lt;script&gt;&#39;&amp;"></a>`},
		{"a hostile address", inspect.Element("a", "href", "javascript:alert(1)"), `<a href="about:invalid#TemplFailedSanitizationURL"></a>`},
		{"an address of its own", inspect.Element("a", "href", "?id=1&format=json"), `<a href="?id=1&amp;format=json"></a>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			if err := tt.c.Render(t.Context(), &got); err != nil || got.String() != tt.want {
				t.Errorf("Render() = %s, %v, want %s", &got, err, tt.want)
			}
		})
	}
}
