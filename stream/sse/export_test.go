package sse

// ForgetWarnings has warnings given again that are given once for each cause.
func ForgetWarnings() {
	causes.Forget()
}
