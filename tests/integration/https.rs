//! Over TLS, with a private authority, and through a proxy: the emulator behind a certificate that no machine trusts.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::binary::{Driftgate, Run};
use crate::support::repository;
use crate::support::world::{STATES, World};

/// A small part of the world: how the calls travel is what counts here.
const PART: &str = "aws_cloudfront_distribution.site";

/// What accepts a TLS connection, passes its one request on to the emulator, and gives the answer back.
struct Terminator {
    port: u16,
    /// The certificate, PEM.
    certificate: String,
}

impl Terminator {
    fn start(emulator: u16) -> Terminator {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate is made");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions are known")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("the key fits");
        let config = Arc::new(config);
        let port = each_connection(move |stream| {
            let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
            // A client that does not trust the certificate hangs up: its business.
            _ = pass_on(StreamOwned::new(session, stream), emulator);
        });
        Terminator {
            port,
            certificate: made.cert.pem(),
        }
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

fn pass_on(mut client: StreamOwned<ServerConnection, TcpStream>, emulator: u16) -> std::io::Result<()> {
    let request = request(&mut client)?;
    let Some(line) = request.windows(2).position(|two| two == b"\r\n") else {
        return Ok(());
    };
    let mut server = TcpStream::connect(("127.0.0.1", emulator))?;
    server.write_all(&request[..line])?;
    server.write_all(b"\r\nConnection: close")?;
    server.write_all(&request[line..])?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}

/// Head and body of one request, as far as the client sends one.
fn request(client: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        let read = client.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..read]);
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = head.map(|head| {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            head + 4 + length.unwrap_or(0)
        });
        match end {
            Some(end) if bytes.len() >= end => return Ok(bytes),
            _ if read == 0 => return Err(ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
}

/// A proxy for `CONNECT` and what it was asked for.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Proxy {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let port = each_connection(move |client| _ = tunnel(client, &log));
        Proxy { port, asked }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().expect("nobody panicked with the log").clone();
        asked.dedup();
        asked
    }
}

fn tunnel(mut client: TcpStream, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let head = request(&mut client)?;
    let line = String::from_utf8_lossy(&head)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    log.lock().expect("nobody panicked with the log").push(line.clone());
    let target = line.split(' ').nth(1).unwrap_or_default();
    assert!(target.starts_with("127.0.0.1:"), "a test leads nowhere else: {line}");
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let there = thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    _ = std::io::copy(&mut server, &mut client);
    _ = client.shutdown(std::net::Shutdown::Both);
    _ = there.join();
    Ok(())
}

/// Listens on a free port of the loopback interface for as long as the tests run; each connection has a thread.
fn each_connection(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    port
}

fn port_of(url: &str) -> u16 {
    url.rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("the emulator has a port")
}

/// A world, reached over TLS only.
fn world() -> (World, Terminator) {
    let world = World::part("two-sites", &[PART]);
    let tls = Terminator::start(port_of(&world.emulator.url()));
    (world, tls)
}

fn check(world: &World, tls: &Terminator) -> Driftgate {
    world
        .driftgate(["check", "--no-serving", "--state", STATES[0], "--format", "json"])
        .env("AWS_ENDPOINT_URL", &tls.url())
}

#[track_caller]
fn checked(run: &Run) {
    let result = run.json();
    assert_eq!((run.code, &run.stderr), (0, &String::new()));
    assert_eq!(result["outcome"], "clean");
    assert!(result["summary"]["checked"].as_u64() > Some(0));
}

fn bundle(world: &World, text: &str) -> String {
    let path = world.directory().join("ca.pem");
    std::fs::write(&path, text).expect("the bundle is written");
    path.display().to_string()
}

#[test]
fn a_private_authority_is_trusted_if_it_is_named_and_only_then() {
    let (world, tls) = world();
    let refused = check(&world, &tls).run();
    let line = refused.failed();
    assert!(
        line.contains("cannot be reached") && line.contains("AWS_CA_BUNDLE"),
        "{line}"
    );
    let bundle = bundle(&world, &tls.certificate);
    checked(&check(&world, &tls).env("AWS_CA_BUNDLE", &bundle).run());
}

#[test]
fn a_proxy_of_the_environment_is_used_unless_the_host_is_excepted() {
    let (world, tls) = world();
    let bundle = bundle(&world, &tls.certificate);
    let proxy = Proxy::start();
    let through = |exception: &str| {
        check(&world, &tls)
            .env("AWS_CA_BUNDLE", &bundle)
            .env("HTTPS_PROXY", &proxy.url())
            .env("NO_PROXY", exception)
            .run()
    };
    checked(&through("127.0.0.1"));
    assert_eq!(proxy.asked(), [""; 0]);
    checked(&through(""));
    assert_eq!(proxy.asked(), [format!("CONNECT 127.0.0.1:{} HTTP/1.1", tls.port)]);
}

#[test]
fn a_bundle_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("ca.pem");
    let state = std::fs::read(repository("fixtures/worlds/two-sites").join(STATES[0])).expect("the state is there");
    let run = |path: &Path| {
        Driftgate::new(["check", "--state", "-"])
            .stdin(state.clone())
            .env("AWS_CA_BUNDLE", &path.display().to_string())
            .run()
    };
    let missing = run(&file);
    assert!(
        missing.failed().contains("ca.pem, which cannot be used: No such file"),
        "{}",
        missing.stderr
    );
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, why) in [
        ("nothing", "holds no PEM certificate"),
        (broken, "ca.pem, which cannot be used: "),
    ] {
        std::fs::write(&file, text).expect("the bundle is written");
        let run = run(&file);
        assert!(run.failed().contains(why), "{}", run.stderr);
    }
}
