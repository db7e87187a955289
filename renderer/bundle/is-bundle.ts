/** Whether a file says that it is a bundle. Apart from what opens one, which is large. */
export const isBundle = async (file: Blob): Promise<boolean> =>
  (await file.slice(0, 14).text()) === 'ONSITE BUNDLE ';
