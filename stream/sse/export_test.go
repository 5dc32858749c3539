package sse

// ForgetWarnings makes warnings that are logged once for each cause be logged
// again.
func ForgetWarnings() {
	causes.Forget()
}
