package stream

import "context"

// Method returns the method of the request to which ctx belongs, such as "POST". It
// is for components that fetch the page again with GET. Outside a response it
// returns "". Loads may call it, too.
func Method(ctx context.Context) string {
	owner := ownerOf(ctx)
	if owner == nil || owner.resp == nil {
		return ""
	}
	return owner.resp.r.Method
}
