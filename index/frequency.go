package index

// DocumentFrequency is the number of rows that hold token, as Analyze gives it.
func (c *Collection) DocumentFrequency(token string) int {
	n, err := c.words.DocumentFrequency(token)
	if err != nil {
		c.index.damaged(c.file("postings"), err)
	}
	return n
}
