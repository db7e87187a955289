export const SettingsScreen = () => <main>设置</main>;
