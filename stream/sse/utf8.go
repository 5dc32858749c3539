package sse

import "unicode/utf8"

// decoded decodes b as https://encoding.spec.whatwg.org/#utf-8-decoder defines.
//
// A sequence never continues after a line end, which is ASCII. Decoding each line
// therefore gives the same result as decoding the whole stream.
func decoded(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s := make([]byte, 0, len(b)+len(b)/2)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = maximalSubpart(b)
		}
		s = utf8.AppendRune(s, r)
		b = b[n:]
	}
	return string(s)
}

// maximalSubpart returns the number of bytes at the start of b that become one
// U+FFFD. b does not start with a valid character. The bytes are those that could
// have begun a character. Ranging over a string would give one U+FFFD for each
// byte.
func maximalSubpart(b []byte) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch lead := b[0]; {
	case 0xC2 <= lead && lead <= 0xDF:
		more = 1
	case 0xE0 <= lead && lead <= 0xEF:
		more = 2
		if lead == 0xE0 {
			low = 0xA0
		} else if lead == 0xED {
			high = 0x9F
		}
	case 0xF0 <= lead && lead <= 0xF4:
		more = 3
		if lead == 0xF0 {
			low = 0x90
		} else if lead == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for ; n <= more && n < len(b) && low <= b[n] && b[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}
