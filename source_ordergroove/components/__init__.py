"""What the manifest cannot say.

| component | where the manifest uses it | why no built-in serves |
|---|---|---|
| `PageRetriever` | every stream's retriever | a bad page ends a stock walk as if it were the last |
| `PinnedApiKey` | the requester's authenticator | the stock one sends the key anywhere |
"""
