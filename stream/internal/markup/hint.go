package markup

import "bytes"

// maxHint is the number of bytes of a tag that Hint returns.
const maxHint = 48

// Hint looks at the end of html, back to the last tag. It returns the start of
// that tag. odd reports whether a marker may not work behind it: the tag is
// incomplete, or begins an element that holds only text. If odd is false, a
// marker most likely works if it has worked behind such a tag before.
//
// A marker is no tag. It changes nothing for the next one, and its name may be
// another in each page.
func Hint(html []byte) (tag []byte, odd bool) {
	lt := bytes.LastIndexByte(html, '<')
	for lt >= 0 && bytes.HasPrefix(html[lt:], []byte("<?")) {
		if bytes.IndexByte(html[lt:], '>') < 0 {
			return nil, true
		}
		html = html[:lt]
		lt = bytes.LastIndexByte(html, '<')
	}
	if lt < 0 {
		return nil, false
	}
	tag = html[lt:]
	gt := bytes.IndexByte(tag, '>')
	if gt < 0 {
		return nil, true
	}
	if bytes.HasPrefix(tag, []byte("<!--")) {
		return tag[:4], !bytes.Contains(tag[4:], []byte("-->"))
	}
	tag = tag[:gt+1]
	if isLetter(tag[1]) && (isOdd(tag) || cutsValue(tag)) {
		return nil, true
	}
	return tag[:min(len(tag), maxHint)], false
}

// cutsValue reports whether the ">" of tag may be in the value of an attribute.
func cutsValue(tag []byte) bool {
	quotes := bytes.Count(tag, []byte(`"`))
	return quotes%2 == 1 || quotes == 0 && bytes.Count(tag, []byte(`'`))%2 == 1
}

// isOdd reports whether a start tag may begin an element in which markers do not
// work.
func isOdd(tag []byte) bool {
	n := 1
	for n < len(tag) && isLetter(tag[n]) {
		n++
	}
	name := tag[1:n]
	switch len(name) {
	case 3, 4, 5, 6, 7, 8, 9:
	default:
		return false
	}
	switch name[0] | 0x20 {
	case 's', 't', 'm', 'x', 'i', 'n', 'p', 'f':
	default:
		return false
	}
	var lower [9]byte
	for i, c := range name {
		lower[i] = c | 0x20
	}
	switch string(lower[:len(name)]) {
	case "script", "style", "svg", "math", "textarea", "title", "template", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext", "frameset":
		return true
	}
	return false
}
