//! One object's bytes: Terraform states in S3 backends.

use aws_sdk_s3::Client;
use thiserror::Error;

use super::S3;
use crate::inventory::{Failure, Reason};
use crate::live::actions;

/// Why an object could not be read. The texts name the object; what to do stands in them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ObjectError {
    #[error("s3://{bucket}/{key}: there is no such object; check the key (workspaces keep theirs under env:/NAME/)")]
    NoSuchKey { bucket: String, key: String },
    #[error(
        "s3://{bucket}/{key}: there is no bucket {bucket}; check its name, and that these are the right \
         account's credentials"
    )]
    NoSuchBucket { bucket: String, key: String },
    #[error(
        "s3://{bucket}/{key}: access denied ({detail}); the credentials need s3:GetObject on the object and, if it \
         is encrypted with a KMS key, kms:Decrypt on that key (s3:ListBucket on the bucket tells a missing object \
         from a denied one)"
    )]
    AccessDenied {
        bucket: String,
        key: String,
        detail: String,
    },
    #[error(
        "s3://{bucket}/{key}: the KMS key it is encrypted with cannot be used ({detail}); check the key's state \
         and policy"
    )]
    Kms {
        bucket: String,
        key: String,
        detail: String,
    },
    #[error("s3://{bucket}/{key}: the object is archived ({detail}); restore it first")]
    Archived {
        bucket: String,
        key: String,
        detail: String,
    },
    #[error("s3://{bucket}/{key}: {failure}")]
    Failed {
        bucket: String,
        key: String,
        failure: Failure,
    },
}

impl S3 {
    /// `GetObject`, in `region` if given, following the bucket to where it lives.
    pub(in crate::live::aws) async fn object(
        &self,
        bucket: &str,
        key: &str,
        region: Option<&str>,
    ) -> Result<Vec<u8>, ObjectError> {
        if let Some(region) = region {
            self.learn(bucket, region);
        }
        let call = |client: Client| {
            let call = client.get_object().bucket(bucket).key(key);
            async move { call.send().await }
        };
        let (name, path) = (bucket.to_owned(), key.to_owned());
        let out = match self.call(bucket, call).await {
            Ok(out) => out,
            Err(error) => {
                let detail = error.detail();
                return Err(if error.is(&["NoSuchKey"]) {
                    ObjectError::NoSuchKey {
                        bucket: name,
                        key: path,
                    }
                } else if error.says_no_bucket(false) {
                    ObjectError::NoSuchBucket {
                        bucket: name,
                        key: path,
                    }
                } else if error.code().is_some_and(|code| code.starts_with("KMS.")) {
                    ObjectError::Kms {
                        bucket: name,
                        key: path,
                        detail,
                    }
                } else if error.is(&["InvalidObjectState"]) {
                    ObjectError::Archived {
                        bucket: name,
                        key: path,
                        detail,
                    }
                } else if error.reason(actions::GET_OBJECT) == Reason::AccessDenied {
                    ObjectError::AccessDenied {
                        bucket: name,
                        key: path,
                        detail,
                    }
                } else {
                    ObjectError::Failed {
                        bucket: name,
                        key: path,
                        failure: error.failure(actions::GET_OBJECT),
                    }
                });
            }
        };
        match out.body.collect().await {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error) => Err(ObjectError::Failed {
                bucket: name,
                key: path,
                failure: Failure::new(
                    Reason::Unreachable,
                    actions::GET_OBJECT,
                    format!("the transfer broke off: {error}"),
                ),
            }),
        }
    }
}
