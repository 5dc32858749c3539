package live

// ForgetWarnings makes each warning the first one again.
func ForgetWarnings() {
	warned.Forget()
}
