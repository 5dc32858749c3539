package model

import (
	"regexp"
	"strings"
)

var (
	// What the transcript adds to the book: emphasis, footnotes, page furniture.
	furniture = regexp.MustCompile(`_|\[[^\]]*\]|[*=|+]`)
	word      = regexp.MustCompile(`[\pL\d][\pL\d'’-]*|[.,;:?!]`)
)

// words splits text into words and punctuation marks.
func words(text string) []string {
	return word.FindAllString(furniture.ReplaceAllString(text, ""), -1)
}

// sentences returns the sentences of a book that read like prose: not headings,
// tables or the labels of figures.
func sentences(text string) [][]string {
	var all [][]string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if paragraph == strings.ToUpper(paragraph) {
			continue
		}
		var s []string
		for _, w := range words(paragraph) {
			s = append(s, w)
			if ends(w) {
				if len(s) > 5 {
					all = append(all, s)
				}
				s = nil
			}
		}
	}
	return all
}

func ends(w string) bool { return w == "." || w == "?" || w == "!" }

// isWord tells a word from a punctuation mark.
func isWord(w string) bool { return !strings.ContainsAny(w[:1], ".,;:?!") }

// spaced returns w as it follows other words.
func spaced(w string) string {
	if isWord(w) {
		return " " + w
	}
	return w
}
