/** The pages of this part in one chunk: every lazy import costs the first page some bytes for the names of its files. */
export { default as list } from './ApplicationsView.vue';
export { default as create } from './ApplicationCreateView.vue';
export { default as one } from './ApplicationView.vue';
export { default as roleNames } from './RoleNamesView.vue';
