export interface Model { readonly todo: never }
