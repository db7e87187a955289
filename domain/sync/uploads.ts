/**
 * Attachments travel by tus 1.0 (https://tus.io/protocols/resumable-upload): `POST /uploads/SHA256?order=ID`
 * begins one, `HEAD` says how much of it has arrived, `PATCH` goes on. The address follows from the bytes,
 * so a device that was killed needs no memory of where it was.
 *
 * An answer with this header is the receipt: all bytes have arrived, their SHA-256 is the header's value.
 */
export const RECEIPT_HEADER = 'upload-receipt';
