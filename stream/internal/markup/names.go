package markup

import "strings"

// class is the set of parser rules that apply to the name of an element.
type class uint32

const (
	void       class = 1 << iota // has no end tag
	raw                          // holds nothing but text
	special                      // an end tag of another name stops at it
	scope                        // bounds the search for an element to be closed
	closesP                      // its start tag closes a paragraph
	blockEnd                     // its end tag closes what its children may leave open
	implied                      // ends with what is around it
	formatting                   // is opened again after it was closed with a block
	metadata                     // stays in the head
	tablePart                    // has a meaning within tables only
	breaksOut                    // ends svg and math
	heading
	plain // its start tag opens no formatting elements again
)

var classes = classify(map[class]string{
	void:       "area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr",
	raw:        "iframe noembed noframes noscript plaintext script style textarea title xmp",
	special:    "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp",
	scope:      "applet caption html marquee object select table td template th",
	closesP:    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary ul dd dt xmp",
	blockEnd:   "address article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer header hgroup listing main menu nav ol pre search section summary ul applet marquee object",
	implied:    "dd dt li optgroup option p rb rp rt rtc",
	formatting: "a b big code em font i nobr s small strike strong tt u",
	metadata:   "base basefont bgsound link meta noframes noscript script style template title",
	tablePart:  "caption col colgroup tbody td tfoot th thead tr",
	breaksOut:  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
	heading:    "h1 h2 h3 h4 h5 h6",
	plain:      "base basefont bgsound frame hr iframe link meta noembed noframes noscript param plaintext rb rp rt rtc script source style table template textarea title track",
})

// inChunk is the name used here for a template that fills a boundary.
const inChunk = "#chunk"

func classify(names map[class]string) map[string]class {
	classes := map[string]class{inChunk: special | scope}
	for c, list := range names {
		for _, name := range strings.Fields(list) {
			classes[name] |= c
		}
	}
	return classes
}

// name returns b in lower case, usually without an allocation.
func (s *Scanner) name(b []byte) string {
	if name, ok := s.names[string(b)]; ok {
		return name
	}
	if s.names == nil {
		s.names = make(map[string]string)
	}
	name := strings.ToLower(string(b))
	if len(name) <= maxName && len(s.names) < maxNames {
		s.names[string(b)] = name
	}
	return name
}

const (
	maxName  = 64
	maxNames = 1024
)
