//! A user of IAM for the emulator that enforces permissions, in the emulator's own save of an account.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

/// The secret of every such user's access key.
pub(crate) const SECRET: &str = "example-secret-of-a-made-up-user";
const NAME: &str = "driftgate";
const BEGINNING: &str = "2026-01-01T00:00:00Z";

/// Puts a user who may do these things on these resources, and nothing else, into a recorded world. `key` is an access
/// key that no other test uses: it names its account.
pub(crate) fn save(world: &Path, key: &str, actions: &[&str], resources: &Value) {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}],
    });
    let user = json!({
        "UserName": NAME,
        "Arn": format!("arn:aws:iam::000000000000:user/{NAME}"),
        "UserId": "AIDAEXAMPLE",
        "CreateDate": BEGINNING,
        "Path": "/",
        "PermissionsBoundary": null,
        "AttachedPolicies": [],
        "Tags": [],
    });
    let access_key = json!({
        "UserName": NAME,
        "AccessKeyId": key,
        "SecretAccessKey": SECRET,
        "Status": "Active",
        "CreateDate": BEGINNING,
    });
    let saved = json!({
        "__ministack_format__": 2,
        "payload": {
            "users": scoped(NAME, user),
            "access_keys": scoped(key, access_key),
            "user_inline_policies": scoped(NAME, json!({NAME: policy.to_string()})),
        },
    });
    let account = world.join("account");
    fs::create_dir_all(&account).expect("a directory is made");
    fs::write(account.join("iam.json"), saved.to_string()).expect("the save is written");
}

/// One entry of the account, as the emulator keeps such tables.
fn scoped(name: &str, value: Value) -> Value {
    let data = Map::from_iter([(format!("000000000000\0'{name}'"), value)]);
    json!({"__scoped__": true, "data": data})
}
