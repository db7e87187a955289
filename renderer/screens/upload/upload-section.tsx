/** 上传: what of this order has reached the service, in words. */
export const UploadSection = () => null;
