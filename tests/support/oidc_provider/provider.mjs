// A certified OpenID provider on a free port of this machine, with its own forms for signing in: whatever name
// is typed is the subject, until it has left. Prints its issuer once it listens.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const left = new Set();
const native = {
  application_type: "native",
  redirect_uris: ["http://127.0.0.1/signed-in"],
  response_types: ["code"],
  grant_types: ["authorization_code", "refresh_token"],
};
let answer = () => {};
const server = createServer((request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname === "/left") {
    left.add(url.searchParams.get("subject"));
    response.end();
  } else {
    answer(request, response);
  }
});
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      { ...native, client_id: "mash", token_endpoint_auth_method: "none" },
      { ...native, client_id: "mash-with-secret", client_secret: "a secret: with % and +" },
    ],
    cookies: { keys: ["only for tests"] },
    findAccount: (context, id) =>
      left.has(id) ? undefined : { accountId: id, claims: () => ({ sub: id }) },
    ttl: { AccessToken: 60, Grant: 3600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  });
  answer = provider.callback();
  console.log(issuer);
});
