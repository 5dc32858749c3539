package stream

// CutTail returns page in two parts: what is sent before the chunks and what
// is held back.
func CutTail(page []byte) (head, tail []byte) {
	end := tailStart(page)
	return page[:end], page[end:]
}

// PlainErrorView is the error view when there is no other.
var PlainErrorView = plainErrorView

// ForgetWarnings has warnings given again that are given once for each cause.
func ForgetWarnings() {
	causes.Lock()
	defer causes.Unlock()
	causes.seen = nil
}
