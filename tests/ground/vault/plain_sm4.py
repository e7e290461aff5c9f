"""SM4-GCM once more, slowly and only from the standards: GB/T 32907-2016 and NIST SP 800-38D."""

_MASK = 0xFFFFFFFF
_FK = (0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC)
_CK = [sum((4 * i + j) * 7 % 256 << 8 * (3 - j) for j in range(4)) for i in range(32)]


def _gf_inverse(value):
    """In GF(2^8) modulo x^8+x^7+x^6+x^5+x^4+x^2+1."""
    if not value:
        return 0
    return next(other for other in range(1, 256) if _gf_times(value, other) == 1)


def _gf_times(a, b):
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x1F5 << bit - 8
    return product


def _affine(value):
    """Rows of a circulant matrix over GF(2), then the constant D3."""
    turned = 0
    for row in range(8):
        parity = bin(value & (0xA7 << row | 0xA7 >> 8 - row) & 0xFF).count("1") & 1
        turned |= parity << row
    return turned ^ 0xD3


_SBOX = [_affine(_gf_inverse(_affine(value))) for value in range(256)]


def _turn(word, by):
    return (word << by | word >> 32 - by) & _MASK


def _tau(word):
    return sum(_SBOX[word >> 8 * j & 0xFF] << 8 * j for j in range(4))


def _words(block):
    return [int.from_bytes(block[at : at + 4], "big") for at in range(0, 16, 4)]


def round_keys(key):
    k = [word ^ constant for word, constant in zip(_words(key), _FK, strict=True)]
    for i in range(32):
        mixed = _tau(k[i + 1] ^ k[i + 2] ^ k[i + 3] ^ _CK[i])
        k.append(k[i] ^ mixed ^ _turn(mixed, 13) ^ _turn(mixed, 23))
    return k[4:]


def block(keys, data):
    x = _words(data)
    for i, key in enumerate(keys):
        b = _tau(x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ key)
        x.append(x[i] ^ b ^ _turn(b, 2) ^ _turn(b, 10) ^ _turn(b, 18) ^ _turn(b, 24))
    return b"".join(word.to_bytes(4, "big") for word in reversed(x[-4:]))


def _ghash_times(x, y):
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def _whole_blocks(data):
    return data + bytes(-len(data) % 16)


def gcm(key, nonce, data, associated):
    """Ciphertext and tag."""
    keys = round_keys(key)
    hash_key = int.from_bytes(block(keys, bytes(16)), "big")
    stream = b"".join(
        block(keys, nonce + counter.to_bytes(4, "big"))
        for counter in range(2, 2 + -(-len(data) // 16))
    )
    text = bytes(a ^ b for a, b in zip(data, stream, strict=False))
    lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(text)).to_bytes(8, "big")
    hashed = 0
    said = _whole_blocks(associated) + _whole_blocks(text) + lengths
    for at in range(0, len(said), 16):
        hashed = _ghash_times(hashed ^ int.from_bytes(said[at : at + 16], "big"), hash_key)
    mask = int.from_bytes(block(keys, nonce + (1).to_bytes(4, "big")), "big")
    return text + (hashed ^ mask).to_bytes(16, "big")
