/** An archive of apt without a package, signed in 2024 by a key that was thrown away afterwards. */
export const SIGNED_ARCHIVE = {
  /** The key's public half. */
  key: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdA2MS2MvmBhaqyS97Kv8aKg9OI3qak3dzPgVLt
hO2Ujay0G2NvbnRyYWN0IDxub2JvZHlAbG9jYWxob3N0PoiQBBMWCAA4FiEEOVvj
eBNhrwlnBh1XmtZeOYtTtUEFAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgEC
F4AACgkQmtZeOYtTtUF/MAD/RpWykzrWBsGU9uE2tU9PIDDNnI1QCbKFMivvFmmL
61MA/0bjN6Op/e6I/vOwRIACaPDzIsgk2g1bGuZRI/4XelIB
=4W/r
-----END PGP PUBLIC KEY BLOCK-----
`,
  /** Beside it lies an empty `Packages`. */
  inRelease: `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: contract
Suite: stable
Architectures: all
Components: main
Date: Mon, 01 Jan 2024 00:00:00 UTC
SHA256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 Packages
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQQ5W+N4E2GvCWcGHVea1l45i1O1QQUCZZNSAAAKCRCa1l45i1O1
QfTkAQD+mpN1mFyHJMWxJAEicXhbi2RRE8K3McAcATZgG/UKVAEAkXaCIYK3D2T2
VgE1kv/KKS3inDhEwItfs5k0RdmQoQ4=
=3F8b
-----END PGP SIGNATURE-----
`,
}
