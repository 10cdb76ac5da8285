"""A prediction without a type: TorchServe sends a text answer so, and we do too. OpenAPI has no words for a header that may be
absent, and a document without any type would leave generated clients without the answer's bytes. RFC 9110, 8.3 says what a
body without a type may be taken as, which is what generated clients do; so does this check, for predictions alone."""

import schemathesis


@schemathesis.hook.apply_to(method="POST", path_regex=r"(^/predictions/|/infer$|:predict$)")
def after_call(context, case, response):
    response.headers.setdefault("content-type", ["application/octet-stream"])


@schemathesis.check
def no_undocumented_server_error(ctx, response, case):
    """A 5xx is an answer only where the operation names it: "default" promises the form of an error, not that it may happen."""
    documented = case.operation.definition.raw["responses"]
    if response.status_code >= 500 and str(response.status_code) not in documented:
        raise AssertionError(f"{response.status_code} is not documented for {case.operation.label}")
